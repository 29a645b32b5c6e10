"""Widgets and models, composed into panes."""
