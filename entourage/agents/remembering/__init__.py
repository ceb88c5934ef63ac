"""Memory in every run: recalled before the model is asked, kept when the turn has ended."""
