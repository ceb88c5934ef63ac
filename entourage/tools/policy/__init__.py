"""What agents may do with their tools: one policy for our own and for everybody else's."""
