"""Terminals: a program on a pty in a sandbox, watched and typed into over WebSockets."""
