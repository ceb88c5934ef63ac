"""git_status, git_diff, git_log, git_commit: git in the working folder, run in the sandbox."""

from __future__ import annotations

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.git.schemas import GitDiff, GitStatus, NewCommit
from entourage.workspaces.git.working import GitDesk
from entourage.workspaces.places import Place, Places

MOST_CHARS = 60_000


class StatusOfGit(Schema):
    """How the files of the working folder stand against the last commit: branch, and what is changed, new or staged."""


class DiffOfGit(Schema):
    """What changed in the working folder since it was staged, or (`staged`) what is staged since the last commit."""

    path: str = Field("", max_length=4096, description="File or folder; default everything.")
    staged: bool = False


class LogOfGit(Schema):
    """The last commits, newest first."""

    path: str = Field("", max_length=4096, description="Only commits that changed this file or folder.")
    limit: int = Field(20, ge=1, le=100)


class CommitOfGit(Schema):
    """Commit changes of the working folder. With `paths` these files as they are; without, everything that changed."""

    message: str = Field(min_length=1, max_length=20_000, description="A line that says what, a blank one, then why.")
    paths: list[str] | None = Field(None, max_length=1000)


class _GitTools:
    def __init__(self, places: Places, git: GitDesk) -> None:
        self._places = places
        self._git = git

    async def status(self, call: ToolCall, _args: StatusOfGit) -> ToolResult:
        found = await self._git.read.status(await self._place(call))
        return ToolResult(told_status(found), structured=found.model_dump(mode="json", by_alias=True))

    async def diff(self, call: ToolCall, args: DiffOfGit) -> ToolResult:
        found = await self._git.read.diff(await self._place(call), args.path, staged=args.staged)
        return ToolResult(told_diff(found))

    async def log(self, call: ToolCall, args: LogOfGit) -> ToolResult:
        found = await self._git.read.log(await self._place(call), args.path, limit=args.limit, skip=0)
        lines = [f"{one.short} {one.at[:10]} {one.author}: {one.subject}" for one in found.commits]
        return ToolResult("\n".join(lines) or "There are no commits yet.")

    async def commit(self, call: ToolCall, args: CommitOfGit) -> ToolResult:
        place = await self._place(call)
        if not args.paths:
            await self._git.stage(place, [])
        made = await self._git.commit(place, NewCommit(message=args.message, paths=args.paths or None), call.agent)
        return ToolResult(f"Committed {made.short}: {made.subject}")

    async def _place(self, call: ToolCall) -> Place:
        return await self._places.of(call.owner_id, call.folder_id)


def told_status(found: GitStatus) -> str:
    """A status as a model reads it."""
    if not found.is_repository:
        return "The working folder is no git repository."
    head = f"on {found.branch or 'no branch'}" + ("" if found.head else ", no commits yet")
    apart = f", {found.ahead} ahead, {found.behind} behind {found.upstream}" if found.upstream else ""
    lines = [
        f"{one.index}{one.work_tree} {one.path}" + (f" (was {one.from_})" if one.from_ else "") for one in found.files
    ]
    return "\n".join([head + apart, *(lines or ["nothing changed"])])[:MOST_CHARS]


def told_diff(found: GitDiff) -> str:
    """A diff as a model reads it."""
    parts: list[str] = []
    for file in found.files:
        parts.append(f"{file.kind} {file.path}" + (f" (was {file.from_})" if file.from_ else ""))
        parts += ["[binary]"] if file.binary else []
        for hunk in file.hunks:
            parts += [hunk.header, *hunk.lines]
    text = "\n".join(parts) or "nothing changed"
    is_cut = found.truncated or len(text) > MOST_CHARS
    return text[:MOST_CHARS] + ("\n[there is more; name a path]" if is_cut else "")


def git_tools(places: Places, git: GitDesk) -> list[Tool]:
    """The git tools over these places."""
    tools = _GitTools(places, git)
    reading = {"read_only": True, "idempotent": True, "cache_seconds": 0, "timeout_seconds": 90}
    return [
        tool_of("git_status", StatusOfGit, tools.status, **reading),
        tool_of("git_diff", DiffOfGit, tools.diff, **reading),
        tool_of("git_log", LogOfGit, tools.log, **reading),
        tool_of("git_commit", CommitOfGit, tools.commit, timeout_seconds=90),
    ]
