"""Rules over what is observed, and who is told."""
