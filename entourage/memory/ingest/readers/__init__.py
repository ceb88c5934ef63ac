"""Readers of untrusted files. They run in a bounded child process and import nothing heavy but what a file needs."""
