"""What agents changed, to be accepted or reverted, hunk by hunk."""
