"""Tests of the transcript, in a real window."""
