"""Requests over HTTP, as both kinds of service want them."""
