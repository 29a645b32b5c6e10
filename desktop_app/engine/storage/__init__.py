"""The engine's own database and blobs."""
