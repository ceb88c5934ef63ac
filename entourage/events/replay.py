"""Projections of the log: the messages of a session as its events tell them, and a readable transcript."""

from __future__ import annotations

from collections.abc import AsyncIterator

from entourage.events.event import Event
from entourage.events.log import EventLog
from entourage.events.message import Message, fold
from entourage.kit.clock import rfc3339
from entourage.stores.log import Filter


async def session_events(log: EventLog, owner_id: str, session_id: str) -> AsyncIterator[Event]:
    """Every event of the session that is still in the log, in order."""
    after = 0
    while events := await log.read(owner_id, Filter(after=after, session_ids=(session_id,)), 1000):
        for published in events:
            yield published.event
        after = events[-1].seq


async def replay_messages(log: EventLog, owner_id: str, session_id: str) -> list[Message]:
    """The chat view of the log: messages in the order they appeared."""
    messages: dict[str, Message] = {}
    async for event in session_events(log, owner_id, session_id):
        data = event.read()
        if event.type == "message" and data["message"]["id"] not in messages:
            message = Message.model_validate({**data["message"], "created_at": event.ts})
            messages[message.id] = message
        elif event.type == "message":
            message_id = data["message"]["id"]
            messages[message_id] = fold(messages[message_id], event)
        elif data.get("message_id") in messages:
            messages[data["message_id"]] = fold(messages[data["message_id"]], event)
    return list(messages.values())


def line(event: Event) -> str:
    """One event as a line of a transcript."""
    data = event.read()
    what = {
        "message": lambda: _first_line(Message.model_validate({**data["message"], "created_at": event.ts}).text()),
        "tool_started": lambda: f"{data['tool']} {_first_line(str(data['args']))}",
        "tool_finished": lambda: f"{data['tool']} ok in {data['duration_ms']} ms",
        "tool_failed": lambda: f"{data['tool']} {data['status']}: {_first_line(data['error'])}",
        "approval_requested": lambda: _first_line(data["approval"].get("question") or data["approval"]["tool"]),
        "approval_resolved": lambda: data["approval"]["status"],
        "artifact_created": lambda: data["artifact"]["title"],
        "artifact_updated": lambda: f"{data['artifact']['title']} v{data['artifact']['version']}",
        "task_failed": lambda: data["error"].get("detail", ""),
        "usage": lambda: f"{data['model']} {data['input_tokens']}+{data['output_tokens']} tokens",
    }.get(event.type, lambda: "")()
    return f"{event.seq:>7}  {rfc3339(event.ts)}  {event.agent or '-':<14} {event.type:<19} {what}".rstrip()


def _first_line(text: str, width: int = 100) -> str:
    first = " ".join(text.split())
    return first if len(first) <= width else first[: width - 1] + "…"
