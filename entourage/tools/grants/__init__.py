"""Policies of tools: who may call what, how often, and how long it may take."""
