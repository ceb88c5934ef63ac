"""read_file, write_file, edit_file, list_files, search_files: the conversation's working folder."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.files import WorkspaceFiles
from entourage.workspaces.folders import Folders

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


class _FileTools:
    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def _files(self, call: ToolCall) -> WorkspaceFiles:
        return self._folders.of(call.owner_id, call.folder_id)

    async def read(self, call: ToolCall, args: ReadFile) -> ToolResult:
        found = await self._files(call).read(args.path, offset=args.offset, limit=args.limit)
        more = f"\n[lines {found.first_line} to {found.first_line + found.lines - 1} of {found.total_lines}]"
        return ToolResult(found.text + (more if found.truncated or args.offset else ""))

    async def write(self, call: ToolCall, args: WriteFile) -> ToolResult:
        entry = await self._files(call).write(args.path, args.content)
        return ToolResult(f"Wrote {entry.path}: {args.content.count(chr(10)) + 1} lines, {entry.size} bytes.")

    async def edit(self, call: ToolCall, args: EditFile) -> ToolResult:
        edited = await self._files(call).edit(args.path, args.old, args.new)
        return ToolResult(edited.diff)

    async def list(self, call: ToolCall, args: ListFiles) -> ToolResult:
        listing = await self._files(call).list(args.path, glob=args.pattern)
        lines = [
            f"{entry.path}/" if entry.kind == "folder" else f"{entry.path} ({entry.size} bytes)"
            for entry in listing.entries
        ]
        if listing.truncated:
            lines.append("[there are more; name a folder or a pattern]")
        return ToolResult("\n".join(lines) or "There are no files here.")

    async def search(self, call: ToolCall, args: SearchFiles) -> ToolResult:
        found = await self._files(call).search(args.query, literal=not args.regex, path=args.path)
        lines = [f"{match.path}:{match.line}: {match.text}" for match in found.matches]
        if found.truncated:
            lines.append("[there are more; narrow the search]")
        return ToolResult("\n".join(lines) or f"No line matches in {found.files_searched} files.")


READING: dict[str, Any] = {"read_only": True, "idempotent": True, "cache_seconds": 0}
"""Nothing is kept: files change between two readings with the same arguments."""


def file_tools(folders: Folders) -> list[Tool]:
    """The file tools over these folders."""
    tools = _FileTools(folders)
    return [
        tool_of("read_file", ReadFile, tools.read, **READING),
        tool_of("write_file", WriteFile, tools.write, idempotent=True),
        tool_of("edit_file", EditFile, tools.edit),
        tool_of("list_files", ListFiles, tools.list, **READING),
        tool_of("search_files", SearchFiles, tools.search, **READING),
    ]
