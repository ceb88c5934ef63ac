"""The hook client of this machine: its scripts and keys beside each other, outside of every project."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from entourage.commands.hooks.files import write_whole
from entourage.hooks import server
from entourage.hooks.server import Target, read_target

_SOURCES = Path(server.__file__).parent


def client_folder() -> Path:
    """`~/.config/entourage/hooks`."""
    return Path(server.config_folder())


def install_client(folder: Path) -> None:
    """Copy the scripts there, with a starter that names this Python (and falls back on `python3`)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for source in sorted(_SOURCES.glob("*.py")):
        write_whole(folder / source.name, source.read_text("utf-8"), mode=0o600)
    python = shlex.quote(str(Path(sys.executable).resolve()))
    starter = f"""#!/bin/sh
p={python}; [ -x "$p" ] || p=python3
exec "$p" -I -S -E "${{0%/*}}/hook.py" "$@"
"""
    write_whole(folder / "run", starter, mode=0o700)


def save_target(app: str, url: str, key: str) -> Path:
    """Keep where events of this application go, readable by its person only."""
    path = client_folder() / f"{app}.conf"
    write_whole(path, f"url={url}\nkey={key}\n", mode=0o600)
    return path


def known_target(app: str) -> Target | None:
    """What was kept, None for an application that was never installed."""
    try:
        return read_target(app)
    except (OSError, KeyError):
        return None


def known_apps() -> Iterator[str]:
    """Every application that hooks of this machine send as."""
    yield from sorted(path.stem for path in client_folder().glob("*.conf"))


def forget_client(app: str) -> None:
    """Remove the key of an application, and the scripts with the last one."""
    (client_folder() / f"{app}.conf").unlink(missing_ok=True)
    if not list(known_apps()):
        shutil.rmtree(client_folder(), ignore_errors=True)
