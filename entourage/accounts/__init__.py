"""People: who they are, what they may do, their secrets and preferences, and the limits on all of it."""
