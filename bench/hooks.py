"""Hooks: how long an agent waits for one, with the server up, slow and down; and how long a command takes to judge."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.bar import Bar, median, quantile
from bench.servers import entourage
from entourage.commands.hooks.agents import ANSWER_MS
from entourage.tools.shell import judge_command
from entourage.tools.shell.guard import guard
from entourage.tools.shell.place import Place
from tests.fakes.running import BackgroundServer

RUNS = 120
APP = "claude-code"
ROOT = Path(__file__).parent.parent


def bars() -> list[Bar]:
    found: list[Bar] = []
    with tempfile.TemporaryDirectory() as folder, entourage() as server:
        client = server.client()
        key = client.post("/my/keys", json={"name": "bench", "scopes": ["ingest"], "app": APP}).json()["key"]
        client.put(f"/my/sources/{APP}", json={"mode": "guard", "route_permissions": False})
        empty = _timed(Path(folder), "exec /bin/true", "PostToolUse", RUNS)
        found.append(Bar("an empty program, p99 (what this machine adds)", quantile(empty, 0.99), "ms"))
        with BackgroundServer(_sleeping) as slow:
            urls = {"up": server.url, "slow (3 s)": slow.url, "down": "http://127.0.0.1:9"}
            for name, url in urls.items():
                found += _measured(Path(folder) / name.split()[0], name, url, key)
    return [*found, *_judging()]


def _measured(home: Path, name: str, url: str, key: str) -> Iterator[Bar]:
    with _installed(home, url, key) as command:
        for kind, arguments, event in (
            ("a hook", APP, "PostToolUse"),
            ("a hook that asks", f"{APP} {ANSWER_MS}", "PreToolUse"),
        ):
            _timed(home, command + arguments, event, 5)
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls = _timed(home, command + arguments, event, RUNS)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / RUNS * 1000
            note = f"p50 {median(walls):.1f} ms, CPU {cpu:.1f} ms"
            yield Bar(f"{kind}, server {name}, p99", quantile(walls, 0.99), "ms", 100, note=note)


@contextmanager
def _installed(home: Path, url: str, key: str) -> Iterator[str]:
    """Hooks in a home folder of their own; the command an agent runs, less its arguments."""
    home.mkdir()
    environment = {**os.environ, "HOME": str(home)}

    def hooks(*arguments: str) -> None:
        entry = (sys.executable, "-m", "entourage", "hooks")
        subprocess.run([*entry, *arguments], env=environment, check=True, capture_output=True)

    hooks("install", "--user", "--url", url, "--key", key)
    try:
        yield f'f="{home}/.config/entourage/hooks/run"; [ ! -x "$f" ] || exec "$f" '
    finally:
        hooks("uninstall", "--user", "--forget")


def _timed(home: Path, command: str, event: str, runs: int) -> list[float]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    walls: list[float] = []
    for number in range(runs):
        call = {"tool_name": "Bash", "tool_input": {"command": "echo hi"}, "tool_use_id": f"toolu_{event}{number}"}
        body = json.dumps({"session_id": "bench", "hook_event_name": event, "cwd": "/tmp", **call}).encode()
        started = time.perf_counter()
        subprocess.run(["/bin/sh", "-c", command], input=body, env=environment, check=True, capture_output=True)
        walls.append((time.perf_counter() - started) * 1000)
        time.sleep(0.02)  # agents do something between two hooks
    return walls


def _judging() -> Iterator[Bar]:
    rows = (ROOT / "tests/corpora/commands.jsonl").read_text("utf-8").splitlines()
    commands = [json.loads(row)["command"] for row in rows]
    place = Place.of_root("/srv/app")
    judged = _micros(lambda command: judge_command(command, roots=["/srv/app"]), commands)
    yield Bar("judging a shell command, mean over the corpus", judged, "us", 50)
    guarded = _micros(lambda command: guard(command, place), commands)
    yield Bar("the strict guard on a command, mean over the corpus", guarded, "us", 50)


def _micros(work: Callable[[str], object], commands: list[str]) -> float:
    """Median over 200 rounds of the mean time of one command."""
    walls: list[float] = []
    for _ in range(200):
        started = time.perf_counter()
        for command in commands:
            work(command)
        walls.append((time.perf_counter() - started) / len(commands) * 1e6)
    return median(walls)


async def _sleeping(scope: dict[str, object], receive: object, send: object) -> None:
    """A server that answers after three seconds."""
    import asyncio

    await asyncio.sleep(3)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})
