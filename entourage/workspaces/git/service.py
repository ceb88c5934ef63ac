"""Git for members of a workspace: each command is one run in the sandbox."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from entourage.kit.errors import Problem
from entourage.workspaces.beneath import parts_of
from entourage.workspaces.files import MOUNT
from entourage.workspaces.git.parsing import (
    BRANCH_FORMAT,
    LOG_FORMAT,
    UNCHANGED,
    Status,
    branches_of,
    commits_of,
    diff_of,
    status_of,
)
from entourage.workspaces.git.running import Author, Confined, Ran, Where, git, is_repository, refusal
from entourage.workspaces.git.schemas import (
    Checkout,
    Committed,
    GitBranch,
    GitBranches,
    GitCommit,
    GitDiff,
    GitDiffFile,
    GitLog,
    GitStatus,
    NewCommit,
)

KNOWN_SECONDS = 2.0
MOST_KNOWN = 200
MOST_DIFF_LINES = 20_000
STATUS = ("status", "--porcelain=v2", "-z", "--branch", "--untracked-files=all", "--renames", "--ignore-submodules=all")
DIFF = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--find-renames", "--ignore-submodules=all", "-U3")
_EVERYTHING = "."


class Git:
    """Runs git in workspaces. Raises Unavailable without a sandbox, GitFailed with what git said."""

    def __init__(self, confined: Confined) -> None:
        self._confined = confined
        self._known: dict[str, tuple[float, dict[str, str]]] = {}

    async def status(self, where: Where) -> GitStatus:
        """How the files stand against the last commit."""
        if not await asyncio.to_thread(is_repository, where.path):
            return GitStatus(is_repository=False)
        return GitStatus.of(await self._status(where.path))

    async def states(self, where: Where) -> Mapping[str, str]:
        """One letter for each file that differs; as of two seconds ago at most, empty when there is no git."""
        known = self._known.get(where.key)
        if known and time.monotonic() - known[0] < KNOWN_SECONDS:
            return known[1]
        states: dict[str, str] = {}
        if await asyncio.to_thread(is_repository, where.path):
            try:
                states = {
                    one.path: one.work_tree if one.work_tree != UNCHANGED else one.index
                    for one in (await self._status(where.path)).files
                }
            except Problem:  # a tree without letters is better than none
                states = {}
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[where.key] = (time.monotonic(), states)
        return states

    def forget(self, workspace_id: str) -> None:
        """Something changed."""
        self._known.pop(workspace_id, None)

    async def diff(self, where: Where, path: str, *, staged: bool) -> GitDiff:
        """What was changed since the last commit (`staged`), or since it was staged."""
        cached = ("--cached",) if staged else ()
        ran = await self._git(where, (*DIFF, *cached, "--", *self._paths([path] if path else [])))
        return told_diff(ran)

    async def log(self, where: Where, path: str, *, limit: int, skip: int) -> GitLog:
        """Commits, newest first."""
        if (await self._status(where.path)).head is None:
            return GitLog(commits=[], has_more=False)
        counts = (f"--max-count={limit + 1}", f"--skip={skip}")
        only = self._paths([path]) if path else []
        ran = await self._git(where, ("log", f"--format={LOG_FORMAT}", *counts, "--", *only))
        commits = [GitCommit.of(one) for one in commits_of(ran.stdout)]
        return GitLog(commits=commits[:limit], has_more=len(commits) > limit)

    async def branches(self, where: Where) -> GitBranches:
        """Local and remote branches."""
        ran = await self._git(where, ("for-each-ref", f"--format={BRANCH_FORMAT}", "refs/heads", "refs/remotes"))
        found = branches_of(ran.stdout)
        status = await self._status(where.path)
        return GitBranches(current=status.branch, branches=[GitBranch.of(one) for one in found])

    async def init(self, where: Where) -> GitStatus:
        """Make it a repository."""
        return await self._then_status(where, ("init", "--quiet", "--template="))

    async def stage(self, where: Where, paths: Sequence[str]) -> GitStatus:
        """Take the files as they are into the next commit."""
        return await self._then_status(where, ("add", "--all", "--", *self._paths(paths)))

    async def unstage(self, where: Where, paths: Sequence[str]) -> GitStatus:
        """Leave the files out of the next commit."""
        status = await self.status(where)
        if status.head is None:
            return await self._then_status(
                where, ("rm", "--cached", "-r", "--quiet", "--ignore-unmatch", "--", *self._paths(paths))
            )
        return await self._then_status(where, ("reset", "--quiet", "--", *self._paths(paths)), allowed=(0, 1))

    async def discard(self, where: Where, paths: Sequence[str]) -> GitStatus:
        """Files as they were staged or committed; what git does not know yet is left alone."""
        known = await self._git(where, ("ls-files", "-z", "--", *self._paths(paths)))
        names = sorted({name for name in known.stdout.split(b"\0") if name})
        if not names:
            return await self.status(where)
        listed = b"\0".join(names) + b"\0"
        arguments = ("checkout-index", "--force", "-z", "--stdin")
        return await self._then_status(where, arguments, stdin=listed)

    async def commit(self, where: Where, new: NewCommit, author: Author) -> Committed:
        """Raises GitFailed when there is nothing to commit."""
        if new.paths is not None:
            await self._git(where, ("add", "--all", "--", *self._paths(new.paths)))
        only = ("--only", "--", *self._paths(new.paths)) if new.paths else ()
        arguments = ("commit", "--quiet", "--no-verify", "--cleanup=strip", "--file=-", *only)
        await self._git(where, arguments, stdin=new.message.encode(), author=author)
        self.forget(where.key)
        ran = await self._git(where, ("log", "--max-count=1", f"--format={LOG_FORMAT}"))
        made = commits_of(ran.stdout)[0]
        return Committed(id=made.id, short=made.short, subject=made.subject)

    async def checkout(self, where: Where, checkout: Checkout) -> GitStatus:
        """Go to a branch. Raises GitFailed when changes would be lost."""
        create = ("-c",) if checkout.create else ()
        return await self._then_status(
            where, ("switch", "--quiet", "--no-recurse-submodules", *create, checkout.branch)
        )

    async def _then_status(
        self, where: Where, arguments: Sequence[str], stdin: bytes | None = None, allowed: Sequence[int] = (0,)
    ) -> GitStatus:
        await self._git(where, arguments, stdin=stdin, allowed=allowed)
        self.forget(where.key)
        return await self.status(where)

    async def _git(
        self,
        where: Where,
        arguments: Sequence[str],
        *,
        stdin: bytes | None = None,
        author: Author | None = None,
        allowed: Sequence[int] = (0,),
    ) -> Ran:
        return await git(self._confined, where.path, arguments, stdin=stdin, author=author, allowed=allowed)

    async def _status(self, folder: Path) -> Status:
        ran = await git(self._confined, folder, STATUS)
        if ran.exit_code:
            raise refusal(ran)
        return status_of(ran.stdout)

    def _paths(self, paths: Sequence[str]) -> list[str]:
        """Paths as git takes them, literally. Raises Invalid."""
        return ["/".join(parts_of(path, MOUNT)) or _EVERYTHING for path in paths] or [_EVERYTHING]


def told_diff(ran: Ran) -> GitDiff:
    """A diff over the wire, cut at so many lines."""
    files: list[GitDiffFile] = []
    lines = 0
    for file in diff_of(ran.stdout):
        lines += sum(len(hunk.lines) for hunk in file.hunks)
        if lines > MOST_DIFF_LINES:
            return GitDiff(files=files, truncated=True)
        files.append(GitDiffFile.of(file))
    return GitDiff(files=files, truncated=False)
