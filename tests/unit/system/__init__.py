"""Tests of where things live and of what is logged."""
