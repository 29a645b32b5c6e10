"""Source that runs in the sandbox. Nothing here is imported by the engine: it is read as text and sent there."""
