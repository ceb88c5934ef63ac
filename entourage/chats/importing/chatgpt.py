"""ChatGPT's export: `conversations.json`, a list of conversations whose `mapping` is a tree of nodes."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from entourage.chats.importing.talk import (
    ForeignTalk,
    Said,
    Unusable,
    arranged,
    fenced,
    parent_finder,
    text_part,
    time_ms,
)
from entourage.events.message import Part, ReasoningPart

SOURCE = "chatgpt"


class _Author(msgspec.Struct):
    role: str


class _Content(msgspec.Struct):
    content_type: str = "text"
    parts: list[Any] | None = None
    text: str | None = None
    language: str | None = None
    thoughts: list[dict[str, Any]] | None = None


class _Message(msgspec.Struct):
    author: _Author
    content: _Content | None = None
    create_time: float | None = None
    metadata: dict[str, Any] | None = None


class _Node(msgspec.Struct):
    message: _Message | None = None
    parent: str | None = None


class _Conversation(msgspec.Struct):
    mapping: dict[str, _Node]
    title: str | None = None
    create_time: float | None = None
    update_time: float | None = None
    current_node: str | None = None
    conversation_id: str | None = None
    id: str | None = None


def read(raw: msgspec.Raw, fallback_id: str) -> ForeignTalk:
    """One conversation. Raises Unusable, or msgspec's error that names the field."""
    found = msgspec.json.decode(raw, type=_Conversation)
    created = time_ms(found.create_time, 0)
    said = {key: one for key, node in found.mapping.items() if (one := _said(key, node, created))}
    if not said:
        raise Unusable("it has no messages")
    nearest = parent_finder({key: node.parent for key, node in found.mapping.items()}, set(said))
    for key, one in said.items():
        one.parent = nearest(key)
    ordered, names = arranged(list(said.values()))
    leaf = found.current_node
    if leaf is not None and leaf not in names:
        leaf = nearest(leaf)
    return ForeignTalk(
        SOURCE,
        found.conversation_id or found.id or fallback_id,
        found.title or "",
        created or ordered[0].at_ms,
        time_ms(found.update_time, 0) or ordered[-1].at_ms,
        names.get(leaf) if leaf else None,
        ordered,
    )


def _said(key: str, node: _Node, created: int) -> Said | None:
    message = node.message
    if message is None or message.content is None or message.author.role == "system":
        return None
    facts = message.metadata or {}
    if facts.get("is_visually_hidden_from_conversation") is True:
        return None
    parts = _parts(message.content, by_tool=message.author.role == "tool")
    if not parts:
        return None
    model = facts.get("model_slug")
    return Said(
        key,
        node.parent,
        "user" if message.author.role == "user" else "assistant",
        parts,
        time_ms(message.create_time, created),
        model[:256] if isinstance(model, str) else None,
    )


def _parts(content: _Content, *, by_tool: bool) -> list[Part]:
    match content.content_type:
        case "thoughts":
            thoughts = "\n\n".join(str(one.get("content", "")) for one in content.thoughts or [])
            part = text_part(thoughts)
            return [ReasoningPart(text=part.text)] if part else []
        case "code":
            language = content.language if content.language not in (None, "unknown") else ""
            text = fenced(content.text, language or "") if content.text else ""
        case "execution_output":
            text = fenced(content.text) if content.text else ""
        case "text" | "multimodal_text":
            text = "\n\n".join(piece for part in content.parts or [] if (piece := _piece(part)))
            text = fenced(text) if by_tool and text and content.content_type == "text" else text
        case _:  # what the model was told besides the talk
            text = ""
    found = text_part(text)
    return [found] if found else []


def _piece(part: object) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    fields = cast("dict[str, Any]", part)
    text = fields.get("text")
    if isinstance(text, str):  # a transcript of something spoken
        return text
    kind = str(fields.get("content_type", "file")).partition("_")[0]
    return f"[{kind} that was not exported]" if kind.isalpha() else ""
