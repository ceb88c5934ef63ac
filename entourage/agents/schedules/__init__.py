"""What the team does by the clock."""
