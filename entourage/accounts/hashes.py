"""Hashes of random tokens and of names that should not stand in keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def token_hash(token: str) -> str:
    """What is kept instead of a random token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def new_token(byte_count: int = 32) -> str:
    """A random token in URL-safe text."""
    return secrets.token_urlsafe(byte_count)


def same(one: str, other: str) -> bool:
    """Compare secrets without telling by time how far they agree."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
