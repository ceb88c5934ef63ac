"""codebase_structure: the lay of the land of a codebase in one call."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pydantic import Field

from entourage.kit.errors import Problem
from entourage.kit.schema import Schema
from entourage.tools.syntax.structure import Read, structure, told
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.places import Places
from entourage.workspaces.schemas import EXCLUDED
from entourage.workspaces.walk import named

MOST_FILES = 5_000
MOST_CHARS = 40_000


class CodebaseStructure(Schema):
    """See how a codebase is laid out before you read any of it: folders, languages and sizes, and what each source file
    defines at its top level. Name a `path` to see one folder closer."""

    path: str = Field("", max_length=4096, description="Folder; default the whole working folder.")
    definitions: bool = Field(True, description="Whether to tell what files define.")


class _StructureTools:
    def __init__(self, places: Places) -> None:
        self._places = places

    async def show(self, call: ToolCall, args: CodebaseStructure) -> ToolResult:
        files = (await self._places.of(call.owner_id, call.folder_id)).files
        listing = await files.list(args.path, limit=MOST_FILES, skips=named(EXCLUDED))
        pairs = [(entry.path, entry.size) for entry in listing.entries if entry.kind == "file"]
        found = await asyncio.to_thread(structure, pairs, _reader(files), with_definitions=args.definitions)
        found.is_cut = found.is_cut or listing.truncated
        text = told(found)
        return ToolResult(text if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]}\n[cut; name a folder]")


def _reader(files: WorkspaceFiles) -> Read:
    """The blocking half of the files, for a thread."""

    def read(path: str) -> bytes | None:
        with suppress(Problem):
            return files.reading.content(path)
        return None

    return read


def structure_tools(places: Places) -> list[Tool]:
    """codebase_structure over these places."""
    options = {"read_only": True, "idempotent": True, "cache_seconds": 0}
    return [tool_of("codebase_structure", CodebaseStructure, _StructureTools(places).show, **options)]
