"""Tests of the Responses backend's parts."""
