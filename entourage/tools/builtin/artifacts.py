"""create_artifact: hand over a result in a tab beside the talk."""

from __future__ import annotations

from pydantic import Field, model_validator

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.schemas import MAX_TITLE
from entourage.artifacts.service import Artifacts, Draft
from entourage.kit.ids import derived_id
from entourage.kit.schema import Schema
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.folders import Folders


class CreateArtifact(Schema):
    """Hand over a result that the user sees in a tab: code, text, a document (Markdown), an image (PNG, JPEG, SVG),
    data (CSV or JSON, shown as a table), or a web page (one HTML file). Give either `content` or the `path` of a file
    in the working folder. The same title and type again makes a new version."""

    type: ArtifactType
    title: str = Field(min_length=1, max_length=MAX_TITLE)
    content: str | None = None
    path: str | None = Field(None, max_length=4096)
    language: str | None = Field(None, max_length=32, description="Of code, e.g. python.")

    @model_validator(mode="after")
    def _one_source(self) -> CreateArtifact:
        if (self.content is None) == (self.path is None):
            raise ValueError("give either content or path")
        return self


class _ArtifactTools:
    def __init__(self, folders: Folders, artifacts: Artifacts) -> None:
        self._folders = folders
        self._artifacts = artifacts

    async def create(self, call: ToolCall, args: CreateArtifact) -> ToolResult:
        if args.path is not None:
            content = await self._folders.of(call.owner_id, call.folder_id).read_bytes(args.path)
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
        )
        artifact = await self._artifacts.create(call.owner_id, draft)
        text = (
            f"The user sees {artifact.title!r} (version {artifact.version}, {artifact.format}, {artifact.size} bytes)."
        )
        return ToolResult(text, artifacts=(artifact.ref(),))


def artifact_tools(folders: Folders, artifacts: Artifacts) -> list[Tool]:
    """create_artifact over these artifacts."""
    return [tool_of("create_artifact", CreateArtifact, _ArtifactTools(folders, artifacts).create, idempotent=True)]
