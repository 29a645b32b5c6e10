"""The run loop and the events it publishes."""
