"""Services, without Qt."""
