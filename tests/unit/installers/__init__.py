"""Tests of the command list and of what it sets up."""
