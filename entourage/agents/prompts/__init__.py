"""Prompts: fragments that several agents share, and experiments that compare wordings."""
