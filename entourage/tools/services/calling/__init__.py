"""Calling a service: what goes there, how it is tried, what comes back."""
