"""What came of a task: read off its run, the whole of it kept in a file that the others are pointed to."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from entourage.agents.planning.prompts import SUMMARY_CHARS
from entourage.agents.tables import RunRow
from entourage.events.message import Message, ToolCallPart
from entourage.kit.errors import Problem
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.places import Places

FOLDER = "results"


class Shelf(msgspec.Struct, frozen=True):
    """Where answers are kept for the tasks after them: in a folder their tools can read."""

    files: WorkspaceFiles
    folder: str

    @classmethod
    async def of(cls, places: Places, owner_id: str, chat_id: str) -> Shelf:
        """The conversation's folder, or a hidden one of its own in the workspace it works in."""
        try:
            place = await places.of(owner_id, chat_id)
        except Problem:  # the workspace is gone: the plan's tools will say so
            return cls(places.folders.of(owner_id, chat_id), FOLDER)
        if place.workspace_id and place.writable:
            return cls(place.files, f".{FOLDER}/{chat_id}")
        return cls(places.folders.of(owner_id, chat_id), FOLDER)


class Outcome(msgspec.Struct, frozen=True):
    """How the run of a task ended. `path` is None when the answer could not be kept."""

    run_id: str
    status: str
    summary: str | None = None
    error: str | None = None
    path: str | None = None
    size: int | None = None
    artifacts: list[dict[str, Any]] = msgspec.field(default_factory=list[dict[str, Any]])


async def outcome_of(run: RunRow, key: str, title: str, shelf: Shelf) -> Outcome:
    """Of a run that has ended; its answer is in `<folder>/<key>.md` then. To do it twice changes nothing."""
    message = Message.model_validate({**(run.output or {}), "created_at": run.created_ms})
    artifacts = _artifacts(message)
    if run.status != "succeeded":
        error = message.error.detail if message.error else f"the run was {run.status}"
        return Outcome(run.id, run.status, error=error, artifacts=artifacts)
    answer = _answer(message)
    content = f"# {title}\n\n{answer}\n"
    path: str | None = f"{shelf.folder}/{key}.md"
    try:
        await shelf.files.write(f"{shelf.folder}/{key}.md", content)
    except Problem:  # no room, or the name is taken by something else: the beginning must do
        path = None
    size = len(content.encode()) if path else None
    return Outcome(run.id, run.status, beginning(answer), None, path, size, artifacts)


def beginning(text: str) -> str:
    """The first words of an answer."""
    return text if len(text) <= SUMMARY_CHARS else f"{text[: SUMMARY_CHARS - 1]}…"


def _answer(message: Message) -> str:
    data = message.data()
    said = message.text() if data is None else f"```json\n{json.dumps(data, ensure_ascii=False, indent=2)}\n```"
    return said.strip() or "(no answer)"


def _artifacts(message: Message) -> list[dict[str, Any]]:
    """Each in its last version."""
    made = [ref for part in message.parts if isinstance(part, ToolCallPart) for ref in part.artifacts]
    return list({ref.id: ref.model_dump() for ref in made}.values())
