"""The spine: one log of events, one hub that delivers them, streams that resume."""
