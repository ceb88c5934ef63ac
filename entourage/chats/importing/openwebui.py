"""Open WebUI's export: a list of chats whose `chat.history.messages` is a tree."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from entourage.chats.importing.talk import ForeignTalk, Said, Unusable, arranged, parent_finder, text_part, time_ms
from entourage.events.message import Part, ReasoningPart

SOURCE = "openwebui"

_REASONING, _REASONING_END, _SUMMARY_END = '<details type="reasoning"', "</details>", "</summary>"


class _Message(msgspec.Struct):
    role: str
    content: str | list[Any] | None = None
    parent: str | None = msgspec.field(default=None, name="parentId")
    timestamp: float | None = None
    model: str | None = None


class _History(msgspec.Struct):
    messages: dict[str, _Message] = {}
    current: str | None = msgspec.field(default=None, name="currentId")


class _Chat(msgspec.Struct):
    history: _History | None = None
    messages: list[_Message] | None = None
    title: str | None = None
    timestamp: float | None = None


class _Export(msgspec.Struct):
    chat: _Chat
    id: str | None = None
    title: str | None = None
    created_at: float | None = None
    updated_at: float | None = None
    pinned: bool | None = None


def read(raw: msgspec.Raw, fallback_id: str) -> ForeignTalk:
    """One conversation. Raises Unusable, or msgspec's error that names the field."""
    found = msgspec.json.decode(raw, type=_Export)
    created = time_ms(found.created_at, time_ms(found.chat.timestamp, 0))
    messages, leaf = _tree(found.chat)
    said = {key: one for key, message in messages.items() if (one := _said(key, message, created))}
    if not said:
        raise Unusable("it has no messages")
    nearest = parent_finder({key: message.parent for key, message in messages.items()}, set(said))
    for key, one in said.items():
        one.parent = nearest(key)
    ordered, names = arranged(list(said.values()))
    if leaf is not None and leaf not in names:
        leaf = nearest(leaf)
    return ForeignTalk(
        SOURCE,
        found.id or fallback_id,
        found.title or found.chat.title or "",
        created or ordered[0].at_ms,
        time_ms(found.updated_at, 0) or ordered[-1].at_ms,
        names.get(leaf) if leaf else None,
        ordered,
        pinned=bool(found.pinned),
    )


def _tree(chat: _Chat) -> tuple[dict[str, _Message], str | None]:
    """The messages by id with the leaf that was shown; old exports have only a list."""
    if chat.history is not None and chat.history.messages:
        return chat.history.messages, chat.history.current
    messages = chat.messages or []
    for index, message in enumerate(messages):
        message.parent = str(index - 1) if index else None
    return {str(index): message for index, message in enumerate(messages)}, str(len(messages) - 1)


def _said(key: str, message: _Message, created: int) -> Said | None:
    if message.role not in ("user", "assistant"):
        return None
    parts = _parts(_text(message.content))
    if not parts:
        return None
    role = "user" if message.role == "user" else "assistant"
    model = message.model[:256] if message.model and role == "assistant" else None
    return Said(key, message.parent, role, parts, time_ms(message.timestamp, created), model)


def _text(content: str | list[Any] | None) -> str:
    if isinstance(content, str):
        return content
    pieces = [cast("dict[str, Any]", piece).get("text") for piece in content or [] if isinstance(piece, dict)]
    return "\n\n".join(piece for piece in pieces if isinstance(piece, str))


def _parts(text: str) -> list[Part]:
    """Text, with the reasoning that stands before it apart."""
    parts: list[Part] = []
    while text.startswith(_REASONING) and _REASONING_END in text:
        block, _, rest = text.partition(_REASONING_END)
        thought = block.partition(_SUMMARY_END)[2]
        kept = text_part("\n".join(line.removeprefix("> ").removeprefix(">") for line in thought.strip().splitlines()))
        if kept:
            parts.append(ReasoningPart(text=kept.text))
        text = rest.lstrip()
    answer = text_part(text)
    return [*parts, answer] if answer else parts
