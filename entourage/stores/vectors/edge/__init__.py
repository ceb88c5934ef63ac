"""Qdrant Edge, which holds Python's lock while it works: each collection lives in a child process of its own."""
