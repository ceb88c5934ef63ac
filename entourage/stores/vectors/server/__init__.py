"""A Qdrant server or cluster, through its own client."""
