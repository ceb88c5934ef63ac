"""`entourage hooks flush` and `status`: what waits on this machine, and why."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from entourage.commands.hooks.agents import AGENTS
from entourage.commands.hooks.client import known_apps, known_target
from entourage.commands.hooks.files import holds_ours
from entourage.commands.setup import errors, fail
from entourage.hooks.delivery import flush
from entourage.hooks.hook import connected, state_folder
from entourage.hooks.server import Server, Target
from entourage.hooks.spool import Spool

_LOOK_SECONDS = 0.05


def run_flush(app: str | None, seconds: float) -> int:
    """Deliver what waits, of one application or all; 1 when something still does."""
    apps = [app] if app else list(known_apps())
    if not apps:
        return fail("No hooks are installed on this machine.", "entourage hooks install")
    return max(_flush_one(name, seconds) for name in apps)


def flush_local(url: str, seconds: float = 5.0) -> None:
    """Deliver what hooks of this machine kept for the server at `url`, quietly: it has just come up."""
    with suppress(OSError, KeyError):  # nobody's home, or not ours to look into
        for target in filter(None, map(known_target, known_apps())):
            if target.url == url:
                _deliver(target, seconds)


def run_status(*, as_json: bool) -> int:
    """Say what is installed here, what waits and what went wrong."""
    found = [_status(app) for app in known_apps()]
    if as_json:
        typer.echo(json.dumps(found))
        return 0
    for one in found:
        errors.print(f"[bold]{one['app']}[/bold] -> {one['url']}")
        errors.print(f"  waiting {one['waiting']}, refused {one['refused']}, dropped {one['dropped']}")
        if one["error"]:
            errors.print(f"  last trouble: {one['error']}", markup=False)
        for path in one["settings"]:
            errors.print(f"  in {path}", markup=False)
    if not found:
        errors.print("No hooks are installed on this machine.")
    return 0


def _flush_one(app: str, seconds: float) -> int:
    target = known_target(app)
    if target is None:
        return fail(f"There are no hooks of {app} on this machine.")
    trouble = _deliver(target, seconds)
    left = len(_spool(app).read())
    if trouble or left:
        return fail(
            f"{app}: {left} events still wait: {trouble or 'another process delivers them'}.", "Nothing is lost."
        )
    errors.print(f"{app}: everything is delivered.")
    return 0


def _deliver(target: Target, seconds: float) -> str | None:
    """What stood in the way. A relay that runs does the work; this process does it otherwise."""
    spool = _spool(target.app)
    until = time.monotonic() + seconds
    while True:
        with spool.reader() as is_mine:
            if is_mine:
                return flush(spool, Server(target), max(0.0, until - time.monotonic()))
        if not spool.read():
            return None
        if time.monotonic() >= until:
            return str(_state(target.app).get("error") or "the server is slow")
        tell_relay(target.app, b"wake\n")
        time.sleep(_LOOK_SECONDS)


def tell_relay(app: str, order: bytes) -> None:
    """Give the relay of this application an order, if there is one."""
    line = connected(str(Path(state_folder()) / app))
    if line:
        line.send(order)
        line.close()


def _spool(app: str) -> Spool:
    return Spool(state_folder(), app)


def _state(app: str) -> dict[str, Any]:
    try:
        return json.loads((Path(state_folder()) / f"{app}.state").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _status(app: str) -> dict[str, Any]:
    target, spool = known_target(app), _spool(app)
    paths = {kind.path(project) for kind in AGENTS.values() for project in (None, Path.cwd())}
    return {
        "app": app,
        "url": target.url if target else None,
        "waiting": len(spool.read()),
        "refused": spool.refused(),
        "dropped": spool.dropped(),
        "error": _state(app).get("error"),
        "settings": sorted(str(path) for path in paths if holds_ours(path)),
    }
