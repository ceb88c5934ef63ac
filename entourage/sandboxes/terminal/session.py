"""One terminal: a program on a pty, what it printed last, and who looks at it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from entourage.kit.clock import now_ms
from entourage.kit.frames import Frames
from entourage.kit.ids import new_id
from entourage.sandboxes.live.base import Process, PtySize
from entourage.sandboxes.terminal.line import Line
from entourage.sandboxes.terminal.recording import Recording
from entourage.sandboxes.terminal.scrollback import Scrollback
from entourage.sandboxes.terminal.viewer import LAGGING_SECONDS, WINDOW_BYTES, Viewer

PAUSE_BYTES = WINDOW_BYTES
RESUME_BYTES = WINDOW_BYTES // 4
"""The program waits when this much is not drawn by somebody, and goes on when this little is left."""


class Session:
    """Reads the program, sends to every viewer, types for those who may. Made on the event loop."""

    def __init__(self, process: Process, size: PtySize, title: str) -> None:
        self.id = new_id()
        self.created_ms = now_ms()
        self.title = title
        self.size = size
        self.scrollback = Scrollback()
        self.exit_code: int | None = None
        self.ended = asyncio.Event()
        self.recording: Recording | None = None
        self._process = process
        self._viewers: set[Viewer] = set()
        self._is_paused = False
        self._retry: asyncio.TimerHandle | None = None
        self._line = Line(process.stdout, self._on_output, self._on_hangup)
        self._ending: asyncio.Task[None] | None = None
        self._stirred_at = time.monotonic()
        self._line.read(wanted=True)

    @property
    def viewers(self) -> int:
        """How many clients look."""
        return len(self._viewers)

    async def over(self, *, within_seconds: float) -> bool:
        """Wait for the end of the program, so long; has it come?"""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_seconds):
                await self.ended.wait()
        return self.ended.is_set()

    def stirred(self, *, within_seconds: float) -> bool:
        """Whether somebody looks, or something was printed or typed so lately."""
        return bool(self._viewers) or time.monotonic() - self._stirred_at < within_seconds

    def attach(self, frames: Frames, after: int | None, *, writable: bool) -> Viewer:
        """Begin to send to a client: what it has not seen, then what comes."""
        viewer = Viewer(frames, self.scrollback, after)
        self._viewers.add(viewer)
        viewer.tell(
            {
                "type": "hello",
                "start": viewer.sent,
                "offset": self.scrollback.end,
                "rows": self.size.rows,
                "cols": self.size.cols,
                "viewers": len(self._viewers),
                "writable": writable and not self.ended.is_set(),
            }
        )
        viewer.flush()
        self._tell_count()
        if self.ended.is_set():
            viewer.tell({"type": "exit", "code": self.exit_code})
        return viewer

    def detach(self, viewer: Viewer) -> None:
        """A client has left."""
        self._viewers.discard(viewer)
        self._tell_count()
        self._balance()

    def drew(self, viewer: Viewer, offset: int) -> None:
        """A client has drawn all before `offset`."""
        viewer.drew(offset)
        viewer.flush()
        self._balance()

    async def type(self, data: bytes) -> None:
        """Input for the program."""
        self._stirred_at = time.monotonic()
        await self._line.type(data)

    def resize(self, size: PtySize) -> None:
        """Change the window for everybody."""
        if size == self.size or self.ended.is_set():
            return
        self.size = size
        self._process.resize(size)
        if self.recording:
            self.recording.resized(size.rows, size.cols)
        self._tell({"type": "resized", "rows": size.rows, "cols": size.cols})

    async def close(self, code: int, reason: str) -> None:
        """End the program and everybody's connection."""
        self._line.close()
        self._on_hangup()
        await self.ended.wait()
        for viewer in list(self._viewers):
            viewer.end(code, reason)

    def _on_output(self, data: bytes) -> None:
        self._stirred_at = time.monotonic()
        self.scrollback.append(data)
        if self.recording:
            self.recording.output(data)
        for viewer in self._viewers:
            viewer.flush()
        self._balance()

    def _on_hangup(self) -> None:
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())

    async def _end(self) -> None:
        """The program closed its terminal, or is made to: a shell that is left hangs up what it started."""
        try:
            async with asyncio.timeout(1):
                self.exit_code = await self._process.wait()
        except TimeoutError:
            await self._process.signal(9)
            self.exit_code = await self._process.wait()
        finally:
            self._balance_later(None)
            await self._process.close()
            self.ended.set()
        self._tell({"type": "exit", "code": self.exit_code})

    def _balance(self) -> None:
        """Let the program wait for its slowest viewer, unless that one no longer looks at all."""
        behind = max((viewer.behind() for viewer in self._viewers), default=0)
        if self._is_paused and behind <= RESUME_BYTES:
            self._is_paused = False
            self._balance_later(None)
        elif not self._is_paused and behind >= PAUSE_BYTES:
            self._is_paused = True
            self._balance_later(LAGGING_SECONDS)
        self._line.read(wanted=not self._is_paused)

    def _balance_later(self, seconds: float | None) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        if seconds is not None:
            self._retry = asyncio.get_running_loop().call_later(seconds, self._look_again)

    def _look_again(self) -> None:
        self._retry = None
        self._balance()
        if self._is_paused:
            self._balance_later(LAGGING_SECONDS)

    def _tell_count(self) -> None:
        self._tell({"type": "viewers", "count": len(self._viewers)})

    def _tell(self, message: dict[str, Any]) -> None:
        for viewer in self._viewers:
            viewer.tell(message)
