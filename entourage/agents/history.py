"""The talk so far as a model reads it: earlier messages, fitted into a budget, always acceptable to a provider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entourage.events.message import AttachmentPart, Message, TextPart, ToolCallPart

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage

BUDGET_CHARS = 400_000
"""What earlier messages may take of a model's window: some 100,000 tokens."""

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


def model_history(messages: Sequence[Message]) -> list[ModelMessage]:
    """Earlier messages, oldest first; when they are too long the oldest are left out, and the model is told."""
    kept: list[Message] = []
    room = BUDGET_CHARS
    for message in reversed(messages):
        room -= _size(message)
        if room < 0 and kept:
            break
        kept.append(message)
    kept.reverse()
    while kept and kept[0].role == "assistant":
        kept.pop(0)
    history: list[ModelMessage] = []
    for message in kept:
        history += _user(message) if message.role == "user" else _assistant(message)
    left_out = len(messages) - len(kept)
    if left_out and history:
        _note(history, f"[{left_out} earlier messages of this conversation are left out here.]")
    return history


def _size(message: Message) -> int:
    texts = (
        part.result or "" if isinstance(part, ToolCallPart) else getattr(part, "text", "") for part in message.parts
    )
    return 50 + sum(map(len, texts))


def _note(history: list[ModelMessage], text: str) -> None:
    from pydantic_ai.messages import ModelRequest, UserPromptPart

    first = history[0]
    assert isinstance(first, ModelRequest)
    history[0] = ModelRequest(parts=[UserPromptPart(content=text), *first.parts])


def _user(message: Message) -> list[ModelMessage]:
    from pydantic_ai.messages import ModelRequest, UserPromptPart

    return [ModelRequest(parts=[UserPromptPart(content=prompt_text(message))])]


def _assistant(message: Message) -> list[ModelMessage]:
    """A turn as responses and tool returns. A call without a result is told as interrupted."""
    from pydantic_ai.messages import ModelRequest, ModelResponse, ToolReturnPart
    from pydantic_ai.messages import TextPart as ModelText
    from pydantic_ai.messages import ToolCallPart as ModelCall

    history: list[ModelMessage] = []
    said: list[ModelText | ModelCall] = []
    returns: list[ToolReturnPart] = []

    def close() -> None:
        if said:
            history.append(ModelResponse(parts=list(said)))
        if returns:
            history.append(ModelRequest(parts=list(returns)))
        said.clear()
        returns.clear()

    for part in message.parts:
        if isinstance(part, ToolCallPart):
            call_id = f"{message.id[-12:]}-{len(history)}-{len(returns)}"
            said.append(ModelCall(tool_name=part.tool, args=part.args, tool_call_id=call_id))
            ok = part.status == "ok"
            content = (part.result if ok else part.error) or ("" if ok else "This call was interrupted.")
            outcome = "success" if ok else "failed"
            returns.append(ToolReturnPart(tool_name=part.tool, content=content, tool_call_id=call_id, outcome=outcome))
        elif isinstance(part, TextPart) and part.text:
            if returns:
                close()
            said.append(ModelText(content=part.text))
    if returns:
        close()
        said.append(ModelText(content=_ending(message)))
    elif not said:
        said.append(ModelText(content=_ending(message)))
    close()
    return history


def _ending(message: Message) -> str:
    return {"failed": "[This turn failed.]", "cancelled": "[The user stopped this turn.]"}.get(
        message.status, "[Done.]"
    )
