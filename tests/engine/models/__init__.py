"""Tests of `desktop_app/engine/models`."""
