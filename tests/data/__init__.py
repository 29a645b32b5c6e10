"""Data of the tests, and the script that makes it."""
