"""Runs looked at afterwards: their steps, forks of them, two beside each other."""
