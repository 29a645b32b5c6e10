"""The services the app talks to, one package a wire shape."""
