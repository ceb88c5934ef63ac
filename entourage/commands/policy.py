"""`entourage policy check`: what the strict guard says of commands. It needs no server and no data folder."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

if TYPE_CHECKING:
    from entourage.tools.shell.guard import Guarded
    from entourage.tools.shell.place import Place

DENIED = 1
UNUSABLE = 2

policy_cli = typer.Typer(help="What agents may do.", no_args_is_help=True)


@policy_cli.callback()
def _policy() -> None:
    """What agents may do."""


@policy_cli.command("check")
def policy_check(
    command: Annotated[list[str] | None, typer.Argument(help="A command, after `--`.", show_default=False)] = None,
    jsonl: Annotated[
        str | None, typer.Option("--jsonl", help="A file of rows with `command` (and `id`, `expected`); - for stdin.")
    ] = None,
    root: Annotated[
        list[str] | None,
        typer.Option("--root", envvar="ENTOURAGE_SHELL_ROOT", help="The folder paths may lie in; may be given again."),
    ] = None,
    where: Annotated[Literal["ssh", "sandbox"], typer.Option("--for", help="Where the command would run.")] = "ssh",
) -> None:
    """Print one JSON line a command: `verdict` (allow, or deny = not without approval), `reason`, `argv`. Nothing runs.

    Exits with 0 when the command is allowed, 1 when it is denied; with --jsonl 0, or 1 when a row's `expected` differs;
    2 when there is nothing to read.
    """
    if (jsonl is None) == (not command):
        typer.echo("error: Give either --jsonl FILE or -- COMMAND.", err=True)
        raise typer.Exit(UNUSABLE)
    guarding = _Guarding(root or [_ROOTS[where]], where)
    if jsonl is None:
        raise typer.Exit(0 if guarding.tell({"command": _joined(command or [])}) == "allow" else DENIED)
    try:
        differs = [row for row in _rows(jsonl) if guarding.tell(row) not in _expected(row)]
    except OSError as error:
        typer.echo(f"error: {jsonl} cannot be read: {error.strerror}.", err=True)
        raise typer.Exit(UNUSABLE) from None
    raise typer.Exit(DENIED if differs else 0)


_ROOTS = {"ssh": "/srv/app", "sandbox": "/work"}


class _Guarding:
    """Judges commands that would run in `roots`, the first of which is where they start."""

    def __init__(self, roots: list[str], where: Literal["ssh", "sandbox"]) -> None:
        from entourage.tools.shell.harmless import IN_SANDBOX, READING
        from entourage.tools.shell.place import Place

        self._place: Place = Place.of_root(*roots, is_local=where == "ssh")
        self._programs = READING if where == "ssh" else IN_SANDBOX

    def tell(self, row: dict[str, Any]) -> str:
        """Print the verdict of a row."""
        found = self._judged(row.get("command"))
        verdict = "allow" if found.allowed else "deny"
        told = {name: row[name] for name in ("id", "command") if name in row}
        told |= {"verdict": verdict, "reason": found.reason, "argv": found.argv, "runs": found.command}
        sys.stdout.write(json.dumps(told) + "\n")
        return verdict

    def _judged(self, command: object) -> Guarded:
        from entourage.tools.shell.guard import Guarded, guard

        if not isinstance(command, str):
            return Guarded(allowed=False, reason="The row has no command.")
        return guard(command, self._place, self._programs)


def _expected(row: dict[str, Any]) -> tuple[object, ...]:
    return (row["expected"],) if "expected" in row else ("allow", "deny")


def _joined(words: list[str]) -> str:
    """One word is a whole command line; several are words that a shell took apart already."""
    return words[0] if len(words) == 1 else shlex.join(words)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    if name == "-":
        yield from _read(sys.stdin)
        return
    with Path(name).open(encoding="utf-8", errors="surrogateescape") as lines:
        yield from _read(lines)


def _read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.strip():
            try:
                row: object = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            yield cast("dict[str, Any]", row) if isinstance(row, dict) else {"id": None}
