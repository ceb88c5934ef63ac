"""Snapshots: the files of a sandbox, kept to begin others from."""
