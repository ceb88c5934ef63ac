"""Calls to the gateway from within the process: no socket, no key, the same core."""
