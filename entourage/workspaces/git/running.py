"""Running git where nothing of a repository can reach the server.

A repository's settings and hooks may name programs. They are switched off here, and should one be found that is not,
it runs in the sandbox, without a network, in the folder it came from.
"""

from __future__ import annotations

import stat
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec

from entourage.kit.errors import Conflict, Invalid, Problem

MOST_MESSAGE_CHARS = 600

CONFIG = (
    "safe.directory=*",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.pager=cat",
    "core.editor=true",
    "core.sshCommand=false",
    "core.askPass=true",
    "core.attributesFile=/dev/null",
    "core.excludesFile=",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "tag.gpgSign=false",
    "diff.external=",
    "diff.submodule=short",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
    "color.ui=false",
    "advice.detachedHead=false",
    "init.defaultBranch=main",
)
"""What the repository's own settings cannot say."""

ENVIRONMENT = (
    "GIT_CONFIG_NOSYSTEM=1",
    "GIT_CONFIG_GLOBAL=/dev/null",
    "GIT_TERMINAL_PROMPT=0",
    "GIT_OPTIONAL_LOCKS=0",
    "GIT_LITERAL_PATHSPECS=1",
    "GIT_CEILING_DIRECTORIES=/",
    "GIT_ALLOW_PROTOCOL=none",
    "HOME=/tmp",
)


class Where(Protocol):
    """A folder in which git works, and the name its state is remembered by."""

    @property
    def path(self) -> Path: ...

    @property
    def key(self) -> str: ...


class Ran(msgspec.Struct, frozen=True):
    """How git ended; `failure` says why the sandbox stopped it."""

    exit_code: int
    stdout: bytes
    stderr: str
    failure: str | None = None


Confined: TypeAlias = Callable[[Sequence[str], Path, bytes | None], Awaitable[Ran]]
"""Runs a command in the sandbox in a folder, with bytes as its input. Raises Unavailable without a sandbox."""


def is_repository(folder: Path) -> bool:
    """Whether git works in a folder: a link in place of its own folder is not followed."""
    try:
        return stat.S_ISDIR((folder / ".git").lstat().st_mode)
    except OSError:
        return False


class GitFailed(Conflict):
    """Git refused; the detail is what it said."""

    slug = "git"


class Author(msgspec.Struct, frozen=True):
    """Whom commits are by."""

    name: str
    email: str


def command(arguments: Sequence[str], author: Author | None = None) -> list[str]:
    """The whole command line of git."""
    who = (f"user.name={author.name}", f"user.email={author.email}", "user.useConfigOnly=true") if author else ()
    settings = [part for one in (*CONFIG, *who) for part in ("-c", one)]
    return ["env", *ENVIRONMENT, "git", "--no-pager", *settings, *arguments]


async def git(
    confined: Confined,
    folder: Path,
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    author: Author | None = None,
    allowed: Sequence[int] = (0,),
) -> Ran:
    """Run git. Raises GitFailed with what it said, Unavailable."""
    ran = await confined(command(arguments, author), folder, stdin)
    if ran.failure is None and ran.exit_code in allowed:
        return ran
    raise refusal(ran)


def refusal(ran: Ran) -> Problem:
    """What git said, as a problem."""
    said = ran.stderr.strip() or ran.stdout.decode(errors="replace").strip()
    if "not a git repository" in said:
        return GitFailed("This workspace is no git repository.", hint="Make it one first (git init).")
    if "command not found" in said or "No such file or directory: 'git'" in said or ran.exit_code == 127:
        return Invalid("git is not installed on this server.", hint="Install git.")
    return GitFailed(f"git: {ran.failure or said[-MOST_MESSAGE_CHARS:] or f'ended with {ran.exit_code}'}")
