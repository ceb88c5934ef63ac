"""The other side of E2B's protocol: their cloud (or another server of ours) as a backend."""
