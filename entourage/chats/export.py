"""A conversation as a file one can keep: Markdown to read, JSON to process."""

from __future__ import annotations

import json
from collections.abc import Sequence

from entourage.chats.schemas import Chat
from entourage.events.message import (
    AttachmentPart,
    ContextPart,
    DataPart,
    Message,
    ReasoningPart,
    SummaryPart,
    TextPart,
    ToolCallPart,
)
from entourage.kit.clock import rfc3339


def as_json(chat: Chat, messages: Sequence[Message]) -> str:
    """The conversation and the branch one sees."""
    document = {"chat": chat.wire(), "messages": [message.wire() for message in messages]}
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_markdown(chat: Chat, messages: Sequence[Message]) -> str:
    """The branch one sees; tool calls are folded into details."""
    blocks = [f"# {chat.title}", f"_{rfc3339(chat.created_at)}_"]
    for message in messages:
        who = "You" if message.role == "user" else message.agent or "agent"
        blocks.append(f"## {who}")
        blocks += [block for part in message.parts if (block := _block(part))]
        if message.error:
            blocks.append(f"> **{message.error.title}**: {message.error.detail}")
    return "\n\n".join(blocks) + "\n"


def _block(part: object) -> str:
    match part:
        case TextPart():
            return part.text
        case ReasoningPart():
            return _details("Reasoning", part.text)
        case AttachmentPart():
            return f"📎 {part.name} ({part.mime}, {part.size} bytes)"
        case ToolCallPart():
            args = json.dumps(part.args, ensure_ascii=False, indent=2)
            outcome = part.result or part.error or ""
            return _details(f"{part.tool}: {part.status}", f"{_fence(args, 'json')}\n\n{_fence(outcome)}")
        case DataPart():
            heading = f"**{part.title}**\n\n" if part.title else ""
            return heading + _fence(json.dumps(part.value, ensure_ascii=False, indent=2), "json")
        case SummaryPart():
            return _details(f"{part.messages} earlier messages, as the model was told of them", part.text)
        case ContextPart():
            told = [f"[{at}] {item.kind}\n\n{_fence(item.text)}" for at, item in enumerate(part.items, 1)]
            return _details("Recalled from memory", "\n\n".join(told))
        case _:
            return ""


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _fence(text: str, language: str = "") -> str:
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}{language}\n{text}\n{ticks}"
