"""What sandboxes reach."""
