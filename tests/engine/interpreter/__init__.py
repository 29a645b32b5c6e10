"""The sandbox, tried for real."""
