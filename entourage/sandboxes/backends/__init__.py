"""Further ways to run live sandboxes: containers, E2B's cloud."""
