"""Sandboxes that stay: a supervisor inside starts programs, and the host holds their pipes and terminals."""
