"""Paths, resources and logging."""
