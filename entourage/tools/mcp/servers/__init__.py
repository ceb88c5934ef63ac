"""Servers that tools come from: declared, started, balanced, pinned, watched."""
