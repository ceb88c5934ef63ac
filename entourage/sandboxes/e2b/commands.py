"""envd's `process.Process`."""

from __future__ import annotations

import base64
import binascii
import signal
from collections.abc import AsyncGenerator, Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from entourage.kit.errors import Invalid, NotFound
from entourage.sandboxes.e2b.connect import body, first, messages, ping_seconds, streamed, timeout_seconds, unary
from entourage.sandboxes.e2b.running import Processes, Running
from entourage.sandboxes.live.base import HOME, Live, PtySize

_PING: Mapping[str, Any] = {"event": {"keepalive": {}}}
_SIGNALS: Mapping[object, int] = {
    "SIGNAL_SIGTERM": signal.SIGTERM,
    "SIGNAL_SIGKILL": signal.SIGKILL,
    15: signal.SIGTERM,
    9: signal.SIGKILL,
}
MAX_SIDE = 4096


class Commands:
    """Answers one method each; the sandbox was found by the token."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    async def list(self, live: Live, request: Request) -> Response:
        """What was started and still runs."""
        await body(request)
        told = [
            {"pid": running.process.pid, "config": running.config, **({"tag": running.tag} if running.tag else {})}
            for running in self._processes.of(live)
        ]
        return unary({"processes": told})

    async def start(self, live: Live, request: Request) -> Response:
        """Start a program and stream what it prints. It goes on when the client leaves, until its own time is over."""
        asked = await first(request)
        config = _config(asked.get("process"))
        size = _size(asked.get("pty"))
        cwd = config.get("cwd") or HOME
        process = await live.start(
            [config["cmd"], *config.get("args", [])],
            env=config.get("envs") or {},
            cwd=cwd,
            stdin=asked.get("stdin", True) is not False,
            pty=size,
        )
        running = Running(live, process, config, _tag(asked.get("tag")), is_pty=size is not None)
        self._processes.add(running, timeout_seconds(request))
        return streamed(running.first_events(), _PING, ping_seconds(request))

    async def connect(self, live: Live, request: Request) -> Response:
        """Stream what a running process prints from now on."""
        running = self._found(live, await first(request))
        return streamed(running.events(), _PING, ping_seconds(request))

    async def send_input(self, live: Live, request: Request) -> Response:
        """Give a process input."""
        asked = await body(request)
        await self._found(live, asked).write(_input(asked.get("input")))
        return unary()

    async def stream_input(self, live: Live, request: Request) -> Response:
        """Give a process input as it comes."""
        running: Running | None = None
        async for message in messages(request):
            if "start" in message:
                running = self._found(live, message["start"])
            elif "data" in message:
                if running is None:
                    raise Invalid("The stream must begin with the process it is for.")
                await running.write(_input(message["data"].get("input")))
        return streamed(_only({}), {}, None)

    async def close_stdin(self, live: Live, request: Request) -> Response:
        """Let a process read the end of its input."""
        self._found(live, await body(request)).process.close_stdin()
        return unary()

    async def send_signal(self, live: Live, request: Request) -> Response:
        """End a process. It is gone from the list when this is answered."""
        asked = await body(request)
        number = _SIGNALS.get(asked.get("signal"))
        if number is None:
            raise Invalid(f"The signal {asked.get('signal')!r} cannot be sent.", hint="Send SIGTERM or SIGKILL.")
        await self._found(live, asked).send_signal(number)
        return unary()

    async def update(self, live: Live, request: Request) -> Response:
        """Change the size of a terminal."""
        asked = await body(request)
        size = _size(asked.get("pty"))
        if size is not None:
            self._found(live, asked).process.resize(size)
        return unary()

    def _found(self, live: Live, asked: Mapping[str, Any]) -> Running:
        selector: object = asked.get("process")
        if not isinstance(selector, Mapping):
            raise NotFound("No process is named.")
        return self._processes.find(live, cast("Mapping[str, Any]", selector))


def _config(raw: object) -> dict[str, Any]:
    """`process.ProcessConfig`. Raises Invalid."""
    config = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
    args, envs = config.get("args", []), config.get("envs", {})
    good = isinstance(args, list) and isinstance(envs, dict) and isinstance(config.get("cwd") or "", str)
    words: list[object] = [*args, *envs, *envs.values()] if good else []
    if not good or not isinstance(config.get("cmd"), str) or not all(isinstance(word, str) for word in words):
        raise Invalid("The process must have a command, and texts as arguments and environment.")
    return config


def _tag(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None


def _size(pty: object) -> PtySize | None:
    """`process.PTY`. Raises Invalid."""
    if not isinstance(pty, Mapping):
        return None
    size: Any = cast("Mapping[str, Any]", pty).get("size")
    given: Mapping[str, Any] = cast("Mapping[str, Any]", size) if isinstance(size, Mapping) else {}
    rows, cols = given.get("rows", 24), given.get("cols", 80)
    if not (_is_side(rows) and _is_side(cols)):
        raise Invalid(f"A terminal has from 1 to {MAX_SIDE} rows and columns.")
    return PtySize(rows, cols)


def _is_side(side: object) -> bool:
    return isinstance(side, int) and 1 <= side <= MAX_SIDE


def _input(raw: object) -> bytes:
    """`process.ProcessInput`. Raises Invalid."""
    given: Mapping[str, Any] = cast("Mapping[str, Any]", raw) if isinstance(raw, Mapping) else {}
    try:
        return base64.b64decode(given.get("stdin") or given.get("pty") or "", validate=False)
    except (binascii.Error, ValueError, TypeError):
        raise Invalid("The input must be base64.") from None


async def _only(message: Mapping[str, Any]) -> AsyncGenerator[Mapping[str, Any]]:
    yield message
