"""Where E2B's doors are."""

PREFIX = "/e2b"
SIGNED_FILES = "/files"
"""Addresses that the SDKs sign for a file lose the prefix."""

STREAMED_INPUT = f"{PREFIX}/process.Process/StreamInput"
"""A body that lasts as long as somebody types."""
