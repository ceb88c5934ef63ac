"""Reasoning in chat completions: `reasoning_content` for its words, `reasoning_details` where it is sealed.

OpenAI's chat dialect has no reasoning of its own. The first field is DeepSeek's and most servers'; the second is
OpenRouter's, whose clients send it back as it came. `format` names who can open the seal.
"""

from __future__ import annotations

from collections.abc import Iterable

from entourage.llm.translate.neutral import Json, Seal, Thinking

_FORMATS = {"anthropic": "anthropic-claude-v1", "openai": "openai-responses-v1"}
_TEXT, _SUMMARY, _ENCRYPTED = "reasoning.text", "reasoning.summary", "reasoning.encrypted"


def details_of(thought: Thinking, index: int) -> list[Json]:
    """The entries of `reasoning_details` for one thought; none for a thought without a seal."""
    seal = thought.seal
    if seal is None:
        return []
    common: Json = {"format": _FORMATS[seal.origin], "index": index}
    if seal.id:
        common["id"] = seal.id
    if seal.origin == "anthropic" and not thought.is_redacted:
        return [{"type": _TEXT, "text": thought.text, "signature": seal.value} | common]
    words = [{"type": _SUMMARY, "summary": thought.text} | common] if thought.text else []
    return [*words, {"type": _ENCRYPTED, "data": seal.value} | common]


def thinking_of(details: list[Json] | None, words: str | None) -> list[Thinking]:
    """The thoughts of a message; bare words only where there are no details."""
    if not details:
        return [Thinking(words)] if words else []
    thoughts: list[Thinking] = []
    summary = ""
    for entry in details:
        match entry.get("type"):
            case "reasoning.text":
                thoughts.append(Thinking(str(entry.get("text") or ""), _seal(entry, "signature")))
            case "reasoning.summary":
                summary += str(entry.get("summary") or "")
            case "reasoning.encrypted":
                seal = _seal(entry, "data")
                is_redacted = seal is not None and seal.origin == "anthropic"
                thoughts.append(Thinking("" if is_redacted else summary, seal, is_redacted=is_redacted))
                summary = "" if not is_redacted else summary
            case _:
                continue
    return [*thoughts, Thinking(summary)] if summary else thoughts


def _seal(entry: Json, field: str) -> Seal | None:
    value = entry.get(field)
    if not isinstance(value, str) or not value:
        return None
    given = str(entry.get("format") or "")
    origin = "openai" if given == _FORMATS["openai"] else "anthropic"
    known = given in {*_FORMATS.values(), ""}
    seal_id = entry.get("id")
    return Seal(origin, value, seal_id if isinstance(seal_id, str) else None) if known else None


def words_of(thoughts: Iterable[Thinking]) -> str:
    """What `reasoning_content` shows."""
    return "".join(thought.text for thought in thoughts)
