"""Entities, events, errors, ports and the reducer. Standard library only."""
