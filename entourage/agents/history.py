"""The talk so far as a model reads it: earlier messages, fitted into a budget, always acceptable to a provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entourage.events.message import AttachmentPart, DataPart, Message, Part, TextPart, ToolCallPart
from entourage.kit.json import encode
from entourage.llm.translate import neutral
from entourage.llm.translate.neutral import Call, Result, Text
from entourage.tools.tool import wire_name

if TYPE_CHECKING:
    from entourage.agents.work import Summary

BYTES_PER_TOKEN = 3
"""A careful guess for every script: most texts have fewer tokens."""

ATTACHMENTS_FOLDER = "attachments"


def prompt_text(message: Message) -> str:
    """A person's message as text; attached files are named with their path in the working folder."""
    lines = [message.text()]
    lines += [
        f"[attached file: {ATTACHMENTS_FOLDER}/{part.name} ({part.mime}, {part.size} bytes)]"
        for part in message.parts
        if isinstance(part, AttachmentPart)
    ]
    return "\n".join(line for line in lines if line)


def after(messages: Sequence[Message], summary: Summary | None) -> Sequence[Message]:
    """The messages that a summary does not tell of."""
    ids = [message.id for message in messages]
    if summary is None or summary.upto_message_id not in ids:
        return messages
    return messages[ids.index(summary.upto_message_id) + 1 :]


def model_history(
    messages: Sequence[Message], room_tokens: int, summary: Summary | None = None
) -> list[neutral.Message]:
    """The summary of what came before, then these messages, oldest first.

    When they are too long the oldest are left out, and the model is told.
    """
    kept: list[Message] = []
    room = room_tokens
    for message in reversed(messages):
        room -= tokens_of(message)
        if room < 0 and kept:
            break
        kept.append(message)
    kept.reverse()
    while kept and kept[0].role == "assistant":
        kept.pop(0)
    history: list[neutral.Message] = []
    for message in kept:
        history += [_user(prompt_text(message))] if message.role == "user" else _assistant(message)
    left_out = len(messages) - len(kept)
    if left_out and history:
        _note(history, f"[{left_out} earlier messages of this conversation are left out here.]")
    if summary:
        _note(history, f"[Summary of the conversation before this:]\n{summary.text}")
    return history


def tokens_of(message: Message) -> int:
    """About how much of a model's window a message takes."""
    return 15 + len(said(message).encode(errors="replace")) // BYTES_PER_TOKEN


def said(message: Message) -> str:
    """What a message says and its tool calls gave, as one text; without reasoning."""
    return "\n".join(text for part in message.parts if (text := _said(part)))


def _said(part: Part) -> str:
    match part:
        case TextPart() | DataPart():
            return _text(part)
        case ToolCallPart():
            return f"[{part.tool} {encode(part.args).decode()}: {part.result or part.error or part.status}]"
        case AttachmentPart():
            return f"[attached file: {part.name}]"
        case _:
            return ""


def _note(history: list[neutral.Message], text: str) -> None:
    if not history:
        history.append(neutral.Message("user", []))
    history[0].parts.insert(0, Text(text))


def _user(text: str) -> neutral.Message:
    return neutral.Message("user", [Text(text)])


def _assistant(message: Message) -> list[neutral.Message]:
    """A turn as responses and tool returns. A call without a result is told as interrupted."""
    history: list[neutral.Message] = []
    spoken: list[neutral.Part] = []
    results: list[neutral.Part] = []

    def close() -> None:
        if spoken:
            history.append(neutral.Message("assistant", list(spoken)))
        if results:
            history.append(neutral.Message("user", list(results)))
        spoken.clear()
        results.clear()

    for part in message.parts:
        if isinstance(part, ToolCallPart):
            call_id = f"{message.id[-12:]}-{len(history)}-{len(results)}"
            spoken.append(Call(call_id, wire_name(part.tool), encode(part.args).decode()))
            ok = part.status == "ok"
            told = (part.result if ok else part.error) or ("" if ok else "This call was interrupted.")
            results.append(Result(call_id, [Text(told)], is_error=not ok))
        elif isinstance(part, TextPart | DataPart) and (text := _text(part)):
            if results:
                close()
            spoken.append(Text(text))
    if results:
        close()
        spoken.append(Text(_ending(message)))
    elif not spoken:
        spoken.append(Text(_ending(message)))
    close()
    return history


def _text(part: TextPart | DataPart) -> str:
    return part.text if isinstance(part, TextPart) else encode(part.value).decode()


def _ending(message: Message) -> str:
    return {"failed": "[This turn failed.]", "cancelled": "[The user stopped this turn.]"}.get(
        message.status, "[Done.]"
    )
