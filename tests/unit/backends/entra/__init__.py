"""Tests of signing in to Entra ID."""
