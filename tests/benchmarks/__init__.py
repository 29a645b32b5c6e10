"""Measurements that print JSON lines; none of them is a test."""
