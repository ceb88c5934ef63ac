"""create_artifact: hand over a result in a tab beside the talk."""

from __future__ import annotations

from pydantic import Field, model_validator

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.schemas import MAX_TAGS, MAX_TITLE, Line, Metadata, Tag
from entourage.artifacts.service import Artifacts, Draft
from entourage.kit.ids import derived_id
from entourage.kit.schema import Schema
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.places import Places

NAME = "create_artifact"


class CreateArtifact(Schema):
    """Hand over a result that the user sees in a tab: code, text, a document (Markdown; PDF or Word from a path), an
    image (PNG, JPEG, WebP, GIF, SVG), a video, a sound, a recording of a terminal (asciicast 2), a web page (one HTML
    file) or something interactive (one HTML file, or a JavaScript module that draws into the element `root`; both run
    without any network). Data is CSV, TSV, JSON or NDJSON, shown as a table or tree; JSON like {"chart": {"type":
    "line|bar|scatter|area", "x": "month", "y": ["sales"]}, "rows": [{"month": 1, "sales": 2}]} is drawn. Give either
    `content` or the `path` of a file in the working folder. The same title and type again makes a new version."""

    type: ArtifactType
    title: str = Field(min_length=1, max_length=MAX_TITLE)
    content: str | None = None
    path: str | None = Field(None, max_length=4096)
    language: str | None = Field(None, max_length=32, description="Of code, e.g. python.")

    framework: str | None = Field(None, max_length=64)
    dependencies: list[Line] = Field([], max_length=200, description="What code needs, e.g. packages.")
    tags: list[Tag] = Field([], max_length=MAX_TAGS, description="Words to find it by.")

    @model_validator(mode="after")
    def _one_source(self) -> CreateArtifact:
        if (self.content is None) == (self.path is None):
            raise ValueError("give either content or path")
        return self


class _ArtifactTools:
    def __init__(self, places: Places, artifacts: Artifacts) -> None:
        self._places = places
        self._artifacts = artifacts

    async def create(self, call: ToolCall, args: CreateArtifact) -> ToolResult:
        if args.path is not None:
            content = await (await self._places.of(call.owner_id, call.folder_id)).files.read_bytes(args.path)
        else:
            content = (args.content or "").encode()
        draft = Draft(
            type=args.type,
            title=args.title,
            content=content,
            path=args.path,
            language=args.language,
            chat_id=call.chat_id or None,
            run_id=call.run_id or None,
            agent=call.agent or None,
            id=derived_id(call.key, "artifact"),
            metadata=_metadata(args),
        )
        artifact = await self._artifacts.create(call.owner_id, draft)
        text = (
            f"The user sees {artifact.title!r} (version {artifact.version}, {artifact.format}, {artifact.size} bytes)."
        )
        return ToolResult(text, artifacts=(artifact.ref(),))


def _metadata(args: CreateArtifact) -> Metadata:
    return Metadata(
        language=args.language,
        framework=args.framework,
        dependencies=args.dependencies,
        tags=args.tags,
        source=args.path and args.path[:2048],
        tool=NAME,
        permissions=[],
    )


def artifact_tools(places: Places, artifacts: Artifacts) -> list[Tool]:
    """create_artifact over these artifacts."""
    return [tool_of(NAME, CreateArtifact, _ArtifactTools(places, artifacts).create, idempotent=True)]
