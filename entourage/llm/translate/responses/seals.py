"""Seals in a reasoning item's `encrypted_content`: OpenAI's own as they are, others under their maker's name."""

from __future__ import annotations

from entourage.llm.translate.neutral import Seal, Thinking

_SIGNED, _REDACTED = "anthropic:", "anthropic-redacted:"


def seal_of(encrypted: str | None, item_id: str | None) -> tuple[Seal | None, bool]:
    """The seal of a reasoning item, and whether it is redacted thinking."""
    if not encrypted:
        return None, False
    for prefix in (_SIGNED, _REDACTED):
        if encrypted.startswith(prefix):
            return Seal("anthropic", encrypted.removeprefix(prefix)), prefix == _REDACTED
    return Seal("openai", encrypted, item_id), False


def encrypted_of(thought: Thinking) -> str | None:
    """The `encrypted_content` a client keeps and sends back."""
    seal = thought.seal
    if seal is None or seal.origin == "openai":
        return seal.value if seal else None
    return (_REDACTED if thought.is_redacted else _SIGNED) + seal.value
