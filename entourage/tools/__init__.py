"""The one tool path: every tool, whatever it is made of, is called through the same pipeline."""
