"""Qt models over what the services publish."""
