"""Entourage: a self-hosted server that gives every person an AI team of their own."""

__version__ = "0.1.0"
