"""Tests of the backends' parts."""
