"""Runs that go on: what a person says to one, and resting, stopping and going on."""
