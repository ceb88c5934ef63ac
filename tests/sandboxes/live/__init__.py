"""Sandboxes that stay."""
