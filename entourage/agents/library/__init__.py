"""Agents as Markdown files: a folder of them is a team that one can share."""
