"""The talk so far as a model reads it: earlier messages, fitted into a budget, always acceptable to a provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entourage.events.message import AttachmentPart, DataPart, Message, NotePart, Part, TextPart, ToolCallPart
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
    lines += [attached_line(part) for part in message.parts if isinstance(part, AttachmentPart)]
    return "\n".join(line for line in lines if line)


def attached_line(part: AttachmentPart) -> str:
    """A file, named with its path in the working folder."""
    return f"[attached file: {ATTACHMENTS_FOLDER}/{part.name} ({part.mime}, {part.size} bytes)]"


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
    history = neutral.joined(history)
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
        case NotePart():
            return f"[The user added: {part.text}]"
        case _:
            return ""


def _note(history: list[neutral.Message], text: str) -> None:
    if not history:
        history.append(neutral.Message("user", []))
    history[0].parts.insert(0, Text(text))


def _user(text: str) -> neutral.Message:
    return neutral.Message("user", [Text(text)])


def _assistant(message: Message) -> list[neutral.Message]:
    """A turn as responses, tool returns and what the user added. A call without a result is told as interrupted."""
    retelling = _Retelling(message.id[-12:])
    for part in message.parts:
        match part:
            case ToolCallPart():
                retelling.call(part)
            case NotePart():
                retelling.note(part.text)
            case _:
                retelling.say(_text(part))
    return retelling.end(_ending(message))


class _Retelling:
    """A turn on its way into a history: calls and their results stand in messages that follow each other."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._history: list[neutral.Message] = []
        self._spoken: list[neutral.Part] = []
        self._results: list[neutral.Part] = []

    def call(self, part: ToolCallPart) -> None:
        call_id = f"{self._mark}-{len(self._history)}-{len(self._results)}"
        self._spoken.append(Call(call_id, wire_name(part.tool), encode(part.args).decode()))
        ok = part.status == "ok"
        told = (part.result if ok else part.error) or ("" if ok else "This call was interrupted.")
        self._results.append(Result(call_id, [Text(told)], is_error=not ok))

    def note(self, text: str) -> None:
        self._close()
        self._history.append(_user(text))

    def say(self, text: str) -> None:
        if not text:
            return
        if self._results:
            self._close()
        self._spoken.append(Text(text))

    def end(self, ending: str) -> list[neutral.Message]:
        """All of it; `ending` where the agent had no last word."""
        if self._results:
            self._close()
        if not self._spoken:
            self._spoken.append(Text(ending))
        self._close()
        return self._history

    def _close(self) -> None:
        if self._spoken:
            self._history.append(neutral.Message("assistant", self._spoken))
        if self._results:
            self._history.append(neutral.Message("user", self._results))
        self._spoken, self._results = [], []


def _text(part: Part) -> str:
    match part:
        case TextPart():
            return part.text
        case DataPart():
            return encode(part.value).decode()
        case _:
            return ""


def _ending(message: Message) -> str:
    return {"failed": "[This turn failed.]", "cancelled": "[The user stopped this turn.]"}.get(
        message.status, "[Done.]"
    )
