"""Watching agents, ours and everyone else's: ingest, projections, queries."""
