"""Tests of the tests: the guards bite."""
