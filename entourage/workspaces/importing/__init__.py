"""Bringing repositories and archives into workspaces, in the background."""
