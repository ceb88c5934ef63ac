"""Files of ours and of others, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from entourage.commands.hooks.agents import AgentKind, Choice, is_ours
from entourage.commands.hooks.jsontext import with_item, without
from entourage.kit.errors import Invalid


def install_into(kind: AgentKind, path: Path, choice: Choice) -> bool:
    """Put our hooks into this settings file, once; whether it changed. Raises Invalid for a broken file."""

    def change(text: str) -> str:
        text = without(text, is_ours)
        for event, entry in kind.hooks(choice).items():
            text = with_item(text, ("hooks", event), entry)
        return text

    return _changed(path, change, kind.start)


def remove_from(path: Path) -> bool:
    """Take our hooks out of this settings file, and nothing else; whether there were any. Raises Invalid."""
    return path.exists() and _changed(path, lambda text: without(text, is_ours), "{}\n")


def holds_ours(path: Path) -> bool:
    """Whether our hooks are in this file, as far as it can be read."""
    try:
        text = path.read_text("utf-8")
        return without(text, is_ours) != text
    except (OSError, ValueError):
        return False


def _changed(path: Path, change: Callable[[str], str], start: str) -> bool:
    try:
        before = path.read_text("utf-8") if path.exists() else None
        after = change(before if before and before.strip() else start)
    except ValueError as error:
        raise Invalid(f"{path} is not valid: {error}.", hint="Mend it first; nothing was written.") from None
    if after == before:
        return False
    write_whole(path, after)
    return True


def write_whole(path: Path, text: str, *, mode: int | None = None) -> None:
    """Replace a file in one step. A link stays a link, and rights stay what they were unless `mode` says otherwise."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    if mode is None:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(mode)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
