"""The sandbox that runs model-written code."""
