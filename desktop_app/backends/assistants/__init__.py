"""The Assistants shape: the embedded engine and any server that speaks it."""
