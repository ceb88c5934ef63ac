"""Routing: which agent answers a request that names nobody."""
