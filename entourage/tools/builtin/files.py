"""read_file, write_file, edit_file, delete_file, move_file, list_files, search_files: where the conversation works."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.places import Place, Places
from entourage.workspaces.schemas import EXCLUDED
from entourage.workspaces.telling import By
from entourage.workspaces.walk import named
from entourage.workspaces.watching.watching import Doing

PATH = Field(description="Path in the working folder, e.g. attachments/sales.csv", max_length=4096)


class ReadFile(Schema):
    """Read a text file of the working folder, or some lines of it."""

    path: str = PATH
    offset: int = Field(0, ge=0, description="First line, counting from 0.")
    limit: int = Field(2000, ge=1, le=10_000, description="How many lines.")


class WriteFile(Schema):
    """Write a whole text file in the working folder; folders above it are made."""

    path: str = PATH
    content: str


class EditFile(Schema):
    """Replace a piece of text in a file. `old` must occur exactly once; give enough of its surroundings."""

    path: str = PATH
    old: str = Field(min_length=1)
    new: str


class ListFiles(Schema):
    """List the files of the working folder."""

    path: str = Field("", description="Folder to list; default the whole working folder.", max_length=4096)
    pattern: str | None = Field(None, description="Only names like this, e.g. *.csv", max_length=200)


class SearchFiles(Schema):
    """Find lines in the files of the working folder."""

    query: str = Field(min_length=1, max_length=1000)
    path: str = Field("", description="Folder or file to search; default everything.", max_length=4096)
    regex: bool = Field(False, description="Whether the query is a regular expression.")


class DeleteFile(Schema):
    """Delete a file or folder of the working folder. In a workspace it goes to the trash, from where people can take
    it back."""

    path: str = PATH


class MoveFile(Schema):
    """Move or rename a file or folder of the working folder."""

    path: str = PATH
    to: str = Field(description="Where it goes.", max_length=4096)


class _FileTools:
    def __init__(self, places: Places) -> None:
        self._places = places

    async def _place(self, call: ToolCall) -> Place:
        return await self._places.of(call.owner_id, call.folder_id)

    async def read(self, call: ToolCall, args: ReadFile) -> ToolResult:
        place = await self._place(call)
        entry = await place.files.stat(args.path)
        found = await place.files.read(args.path, offset=args.offset, limit=args.limit)
        self._places.seen(place, call.folder_id, entry)
        more = f"\n[lines {found.first_line} to {found.first_line + found.lines - 1} of {found.total_lines}]"
        return ToolResult(found.text + (more if found.truncated or args.offset else ""))

    async def write(self, call: ToolCall, args: WriteFile) -> ToolResult:
        place = await self._place(call)
        entry = await self._places.write(place, call.folder_id, args.path, args.content, doing_of(call))
        return ToolResult(f"Wrote {entry.path}: {args.content.count(chr(10)) + 1} lines, {entry.size} bytes.")

    async def edit(self, call: ToolCall, args: EditFile) -> ToolResult:
        place, doing = await self._place(call), doing_of(call)
        place.require_writing()
        before = await self._places.keeping(place, doing)
        edited = await place.files.edit(args.path, args.old, args.new, before=before)
        await self._places.told(place, call.folder_id, [edited.entry], doing)
        return ToolResult(edited.diff)

    async def delete(self, call: ToolCall, args: DeleteFile) -> ToolResult:
        place = await self._place(call)
        name = await self._places.delete(place, args.path, doing_of(call))
        return ToolResult(f"Deleted {name}.")

    async def move(self, call: ToolCall, args: MoveFile) -> ToolResult:
        place = await self._place(call)
        entry = await self._places.move(place, args.path, args.to, doing_of(call))
        return ToolResult(f"Moved {args.path} to {entry.path}.")

    async def list(self, call: ToolCall, args: ListFiles) -> ToolResult:
        place = await self._place(call)
        skips = named(EXCLUDED) if place.workspace_id else None
        listing = await place.files.list(args.path, glob=args.pattern, skips=skips)
        lines = [
            f"{entry.path}/" if entry.kind == "folder" else f"{entry.path} ({entry.size} bytes)"
            for entry in listing.entries
        ]
        if listing.truncated:
            lines.append("[there are more; name a folder or a pattern]")
        return ToolResult("\n".join(lines) or "There are no files here.")

    async def search(self, call: ToolCall, args: SearchFiles) -> ToolResult:
        place = await self._place(call)
        skips = named(EXCLUDED) if place.workspace_id else None
        found = await place.files.search(args.query, literal=not args.regex, path=args.path, skips=skips)
        lines = [f"{match.path}:{match.line}: {match.text}" for match in found.matches]
        if found.truncated:
            lines.append("[there are more; narrow the search]")
        return ToolResult("\n".join(lines) or f"No line matches in {found.files_searched} files.")


def doing_of(call: ToolCall) -> Doing:
    """For whom a call changes files."""
    by = By(agent=call.agent) if call.agent else By(user_id=call.owner_id)
    return Doing(by, bool(call.agent), call.run_id or None, call.chat_id or None, call.owner_id)


READING: dict[str, Any] = {"read_only": True, "idempotent": True, "cache_seconds": 0}
"""Nothing is kept: files change between two readings with the same arguments."""


def file_tools(places: Places) -> list[Tool]:
    """The file tools over these places."""
    tools = _FileTools(places)
    return [
        tool_of("read_file", ReadFile, tools.read, **READING),
        tool_of("write_file", WriteFile, tools.write, idempotent=True),
        tool_of("edit_file", EditFile, tools.edit),
        tool_of("delete_file", DeleteFile, tools.delete, destructive=True, default_grant="ask"),
        tool_of("move_file", MoveFile, tools.move),
        tool_of("list_files", ListFiles, tools.list, **READING),
        tool_of("search_files", SearchFiles, tools.search, **READING),
    ]
