"""Media and long texts of results, kept as artifacts of the conversation."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from msgspec.structs import replace

from entourage.artifacts.kinds import TYPES, ArtifactType
from entourage.artifacts.schemas import MAX_TITLE, Metadata
from entourage.artifacts.service import MAX_BYTES, Artifacts, Draft
from entourage.events.message import ArtifactRef
from entourage.kit.errors import Problem
from entourage.kit.ids import derived_id
from entourage.tools.pipeline import storable
from entourage.tools.tool import ToolCall, ToolResult

_TEXT_TYPES: dict[str, ArtifactType] = {
    "text/markdown": "document",
    "text/csv": "data",
    "application/json": "data",
    "text/html": "web",
}


class _Media(NamedTuple):
    type: ArtifactType
    title: str
    content: bytes


class Keeping:
    """Makes artifacts of what comes with a result. What cannot be kept is said in the text instead."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    async def media(self, call: ToolCall, result: ToolResult) -> ToolResult:
        """The result with its images, sounds and resources as artifacts; the model is told of each in the text."""
        refs: list[ArtifactRef] = []
        told = [result.text] if result.text else []
        for number, block in enumerate(result.content):
            line = await self._one(call, number, block, refs)
            if line:
                told.append(line)
        return replace(result, text="\n".join(told), artifacts=(*result.artifacts, *refs))

    async def long_text(self, call: ToolCall, result: ToolResult) -> ToolResult:
        """The result with its whole text as an artifact beside it."""
        whole = _Media("text", f"{_name(call)}, whole result", result.text.encode()[:MAX_BYTES])
        try:
            ref = await self._keep(call, "text", whole)
        except Problem:  # no room: the preview must do
            return result
        return replace(result, artifacts=(*result.artifacts, ref))

    async def _one(self, call: ToolCall, number: int, block: dict[str, Any], refs: list[ArtifactRef]) -> str | None:
        """What the model is told of a block, None for one that the text already has."""
        kind = block.get("type")
        if kind == "text":
            return None
        if kind == "resource_link":
            return f"[link: {block.get('title') or block.get('name') or ''} {block.get('uri')}]"
        media = _media(call, number, block)
        if media is None:
            return f"[{kind} {_mime(block)}: cannot be shown]"
        try:
            ref = await self._keep(call, str(number), media)
        except Problem as problem:
            return f"[{kind} {_mime(block)}: not kept, {problem.detail}]"
        refs.append(ref)
        return f"[{kind}: the user sees {ref.title!r}]{_readable(block)}"

    async def _keep(self, call: ToolCall, part: str, media: _Media) -> ArtifactRef:
        draft = Draft(
            type=media.type,
            title=media.title[:MAX_TITLE],
            content=media.content,
            chat_id=call.chat_id,
            run_id=call.run_id or None,
            agent=call.agent or None,
            id=derived_id(call.key, "content", part),
            metadata=Metadata.model_validate({"tool": _name(call)[:128]}),
        )
        return (await self._artifacts.create(call.owner_id, draft)).ref()


def _media(call: ToolCall, number: int, block: dict[str, Any]) -> _Media | None:
    """The block as an artifact may hold it, None where no kind of artifact fits."""
    title = f"{_name(call)} {number + 1} ({call.tool_call_id[-6:]})"
    resource = _resource(block)
    if resource is not None:
        title = str(resource.get("uri") or title).rstrip("/").rpartition("/")[2] or title
        if isinstance(resource.get("text"), str):
            kind = _TEXT_TYPES.get(_mime(block).partition(";")[0], "text")
            return _Media(kind, title, storable(resource["text"]).encode())
    data = _decoded(block.get("data") if resource is None else resource.get("blob"))
    kind = _mime(block).partition("/")[0]
    if data is None or kind not in ("image", "audio", "video") or kind not in cast("Sequence[str]", TYPES):
        return None
    return _Media(cast("ArtifactType", kind), title, data)


def _resource(block: dict[str, Any]) -> dict[str, Any] | None:
    resource = block.get("resource")
    return cast("dict[str, Any]", resource) if isinstance(resource, dict) else None


def _readable(block: dict[str, Any]) -> str:
    """The text of a resource, for the model."""
    resource = _resource(block)
    text = resource.get("text") if resource else None
    return f"\n{text}" if isinstance(text, str) else ""


def _mime(block: dict[str, Any]) -> str:
    return str((_resource(block) or block).get("mimeType") or "")


def _decoded(data: object) -> bytes | None:
    try:
        return base64.b64decode(data, validate=True) if isinstance(data, str) else None
    except binascii.Error:
        return None


def _name(call: ToolCall) -> str:
    return call.tool.title or call.tool.name
