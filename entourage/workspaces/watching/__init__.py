"""Noticing what programs write in workspaces: sandboxed code, terminals, git."""
