"""Tests of one module each: no Qt, no network, milliseconds."""
