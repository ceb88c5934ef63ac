"""Seals in Anthropic's signature: its own as they are, those of others under their maker's name."""

from __future__ import annotations

from entourage.llm.translate.neutral import Seal

_OPENAI = "openai:"


def seal_of(signature: str) -> Seal | None:
    """The seal a signature is; None where there is none."""
    if not signature:
        return None
    if signature.startswith(_OPENAI):
        seal_id, _, value = signature.removeprefix(_OPENAI).partition(":")
        return Seal("openai", value, seal_id or None)
    return Seal("anthropic", signature)


def signature_of(seal: Seal | None) -> str:
    """The signature a client keeps and sends back."""
    if seal is None:
        return ""
    return seal.value if seal.origin == "anthropic" else f"{_OPENAI}{seal.id or ''}:{seal.value}"
