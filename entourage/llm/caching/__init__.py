"""Answers kept for an hour: the same request of the same person, word for word or in meaning."""
