"""What the team remembers: interactions, documents and facts, found by meaning, by words and by what hangs together."""
