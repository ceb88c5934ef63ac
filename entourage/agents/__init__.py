"""The team: who it is, how a run of an agent goes, and how it survives a restart."""
