"""What writes a turn: a chat-completions endpoint or the built-in analyst."""
