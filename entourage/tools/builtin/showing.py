"""What code shows, as artifacts beside the talk: figures as images, tables as data, pages as pages."""

from __future__ import annotations

import base64
import binascii
import csv
import io
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import msgspec

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.schemas import MAX_TITLE
from entourage.artifacts.service import Artifacts, Draft
from entourage.events.message import ArtifactRef
from entourage.kit.errors import Problem
from entourage.kit.ids import derived_id
from entourage.sandboxes.interpreter.types import CHART, DATA, Execution, Result
from entourage.tools.tool import ToolCall

MOST_ARTIFACTS = 20
"""Of one run; what is shown beyond is told as text only."""

_PICTURES = ("image/png", "image/jpeg")


class Shown(NamedTuple):
    """Something for the user's eyes, and what the model is told of it."""

    type: ArtifactType
    title: str
    content: bytes


class Showed(msgspec.Struct):
    """What became of the results of a run."""

    texts: list[str] = msgspec.field(default_factory=list[str])
    artifacts: tuple[ArtifactRef, ...] = ()


class Showing:
    """Keeps what runs show."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    async def of(self, call: ToolCall, execution: Execution) -> Showed:
        """Keep what has a form of its own; the rest, and what cannot be kept, is told as text."""
        showed = Showed()
        for result in execution.results:
            shown = shown_of(result, len(showed.artifacts) + 1)
            if shown is not None and len(showed.artifacts) < MOST_ARTIFACTS:
                await self._keep(call, shown, showed)
            if result.text is not None and (shown is None or shown.type == "data"):
                showed.texts.append(result.text)
        return showed

    async def _keep(self, call: ToolCall, shown: Shown, showed: Showed) -> None:
        draft = Draft(
            type=shown.type,
            title=shown.title,
            content=shown.content,
            chat_id=call.chat_id or None,
            run_id=call.run_id or None,
            agent=call.agent or None,
            id=derived_id(call.key, f"shown-{len(showed.artifacts)}"),
        )
        try:
            artifact = await self._artifacts.create(call.owner_id, draft)
        except Problem as problem:
            showed.texts.append(f"[{shown.title!r} could not be kept: {problem.detail}]")
            return
        showed.artifacts = (*showed.artifacts, artifact.ref())
        showed.texts.append(f"[the user sees {artifact.title!r} ({artifact.format})]")


def shown_of(result: Result, number: int) -> Shown | None:
    """The best form of a result for people; None when its text is all there is to it."""
    data = result.data
    for mime in _PICTURES:
        if isinstance(form := data.get(mime), str) and (picture := _bytes(form)):
            return Shown("image", _title(data, f"Figure {number}"), picture)
    if isinstance(form := data.get("image/svg+xml"), str):
        return Shown("image", _title(data, f"Figure {number}"), form.encode())
    if isinstance(table := data.get(DATA), dict):
        return Shown("data", f"Table {number}", _csv(cast("dict[str, list[Any]]", table)))
    if isinstance(form := data.get("text/markdown") or data.get("text/latex"), str):
        return Shown("document", f"Text {number}", form.encode())
    if isinstance(form := data.get("text/html"), str):
        return Shown("web", f"Page {number}", form.encode())
    return None


def _title(data: Mapping[str, Any], otherwise: str) -> str:
    """The title that a figure was given."""
    chart = data.get(CHART)
    title: object = cast("dict[str, Any]", chart).get("title") if isinstance(chart, dict) else None
    return title[:MAX_TITLE] if isinstance(title, str) and title.strip() else otherwise


def _bytes(form: str) -> bytes | None:
    try:
        return base64.b64decode(form)
    except (binascii.Error, ValueError):
        return None


def _csv(table: Mapping[str, list[Any]]) -> bytes:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(table)
    rows.writerows(zip(*table.values(), strict=False))
    return written.getvalue().encode(errors="replace")
