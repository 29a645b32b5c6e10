"""Qt models over the services' plain values."""
