"""Contexts run by our own small programs over pipes: JavaScript, shell, and Python where ipykernel is not there."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from entourage.kit.errors import Forbidden, NotFound, Unavailable
from entourage.sandboxes.interpreter.engine import Died, source
from entourage.sandboxes.interpreter.frames import Frames
from entourage.sandboxes.interpreter.pipes import Reader, write_all
from entourage.sandboxes.interpreter.types import Counted, Event, Failure, Language, OnEvent, Printed, Result
from entourage.sandboxes.live.base import Live, Process

_PROGRAMS: dict[Language, str] = {"python": "python3", "javascript": "node", "typescript": "node", "bash": "bash"}


class Driver:
    """Implements `Engine` on one process that speaks in frames."""

    def __init__(self, process: Process, language: Language, token: str) -> None:
        self._process = process
        self._language: Language = language
        self._streams: dict[Literal["stdout", "stderr"], Frames] = {"stdout": Frames(token), "stderr": Frames(token)}
        self._on_event: OnEvent | None = None
        self._done: set[str] = set()
        self._finished = asyncio.Event()
        self._open = 2
        assert process.stderr is not None
        self._readers = [
            Reader(process.stdout, lambda chunk: self._take("stdout", chunk), lambda: self._end("stdout")),
            Reader(process.stderr, lambda chunk: self._take("stderr", chunk), lambda: self._end("stderr")),
        ]

    @property
    def alive(self) -> bool:
        return self._open == 2

    async def run(self, code: str, env: Mapping[str, str], on_event: OnEvent) -> None:
        self._on_event, self._done = on_event, set()
        self._finished.clear()
        try:
            if not self.alive:
                raise Died(await self._process.wait())
            await self._send(code, env)
            await self._finished.wait()
        except BrokenPipeError:
            raise Died(await self._process.wait()) from None
        finally:
            self._on_event = None
        if self._done != {"stdout", "stderr"}:
            raise Died(await self._process.wait())

    async def interrupt(self) -> None:
        await self._process.signal(signal.SIGINT)

    async def close(self) -> None:
        for reader in self._readers:
            reader.close()
        self._open = 0
        self._finished.set()
        await self._process.close()

    async def _send(self, code: str, env: Mapping[str, str]) -> None:
        assert self._process.stdin is not None
        if self._language == "bash":
            told = _with_env(code, env).replace("\0", "").encode() + b"\0"
        else:
            command = {"code": code, "env": dict(env), "typescript": self._language == "typescript"}
            told = msgspec.json.encode(command) + b"\n"
        await write_all(self._process.stdin, told)

    def _take(self, stream: Literal["stdout", "stderr"], chunk: bytes) -> None:
        for piece in self._streams[stream].feed(chunk):
            self._tell(stream, piece)

    def _tell(self, stream: Literal["stdout", "stderr"], piece: str | dict[str, Any]) -> None:
        if isinstance(piece, str):
            self._say(Printed(stream, piece))
        elif piece.get("type") == "done":
            if stream == "stdout" and isinstance(piece.get("count"), int):
                self._say_status(piece)
                self._say(Counted(piece["count"]))
            self._done.add(stream)
            if len(self._done) == 2:
                self._finished.set()
        elif event := _event(piece):
            self._say(event)

    def _say_status(self, piece: Mapping[str, Any]) -> None:
        if status := piece.get("status"):
            self._say(Failure("ExitCode", str(status), f"exit code {status}"))

    def _say(self, event: Event) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _end(self, stream: Literal["stdout", "stderr"]) -> None:
        for piece in self._streams[stream].end():
            self._tell(stream, piece)
        self._open -= 1
        if self._open == 0:
            self._finished.set()


def _event(frame: Mapping[str, Any]) -> Event | None:
    match frame:
        case {"type": "result", "data": dict()}:
            return Result(frame["data"], is_main=frame.get("main") is True)
        case {"type": "error"}:
            return Failure(*(str(frame.get(name, "")) for name in ("name", "value", "traceback")))
        case _:
            return None


def _with_env(code: str, env: Mapping[str, str]) -> str:
    """A script with its environment; what it exports itself stays, what was lent goes."""
    if not env:
        return code
    names = [name for name in env if name.isidentifier()]
    lent = "".join(f"export {name}={_quoted(env[name])}\n" for name in names)
    return f"{lent}{code}\n__status=$?; unset {' '.join(names)}; (exit $__status)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def command(language: Language, token: str, cwd: str) -> list[str]:
    """How the driver of a language is started inside."""
    program = _PROGRAMS[language]
    match language:
        case "python":
            return [program, "-u", "-c", source("rich.py", "plain.py"), token, cwd]
        case "bash":
            return [program, "--noprofile", "--norc", "-c", source("shell.sh"), "bash", token, cwd]
        case _:
            return [program, "--no-warnings", "-e", source("node.js"), "--", token, cwd]


async def start_driver(live: Live, language: Language, cwd: str) -> Driver:
    """A driver in the sandbox. Raises Unavailable when its program is not there."""
    token = secrets.token_hex(16)
    try:
        process = await live.start(command(language, token, cwd), cwd=cwd, stdin=True)
    except (NotFound, Forbidden) as problem:
        raise Unavailable(
            f"There is no {_PROGRAMS[language]} in this sandbox, so {language} code cannot run: {problem.detail}",
            hint=f"Install {_PROGRAMS[language]} on the server with the system's packages.",
        ) from None
    return Driver(process, language, token)
