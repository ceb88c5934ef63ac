"""A link to a process: one message a line, on its standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.tools.mcp.links.channel import ChannelLink
from entourage.tools.mcp.links.errors import LinkFailed, NotConnected
from entourage.tools.mcp.links.lines import Lines
from entourage.tools.mcp.links.process import Child

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from entourage.tools.mcp.links.link import Era, LinkListener

MOST_MESSAGE_BYTES = 64 * 1_048_576
_MOST_WAITING_BYTES = 64 * 1_048_576
_MOST_NOISE_BYTES = 8192

_NOT_FOUND = 127
"""What a shell and bubblewrap's first process end with when there is no such program."""


class StdioLink(ChannelLink):
    """Everything that is no message on stdout, and all of stderr, goes to the log of the server."""

    def __init__(self, listener: LinkListener) -> None:
        super().__init__(listener)
        self._lines = Lines(MOST_MESSAGE_BYTES)
        self._noise = Lines(_MOST_NOISE_BYTES)
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(
        self, argv: Sequence[str], env: Mapping[str, str], *, known_era: Era | None = None, seconds: float
    ) -> None:
        """Start the process and greet it. It is gone when this raises: LinkFailed, McpError."""
        try:
            self._child = await Child.start(argv, env, self._printed, self._murmured, self._ended)
            await self.open(known_era=known_era, seconds=seconds)
        except OSError as error:
            raise NotConnected(f"the server could not be started: {error.strerror or error}") from error
        except BaseException:
            await self.close()
            raise

    def _write(self, body: bytes) -> None:
        if self._child is None or not self._is_open:
            raise NotConnected("the server's process is gone")
        if self._child.waiting_bytes > _MOST_WAITING_BYTES:
            raise NotConnected("the server reads nothing any more")
        self._child.write(body + b"\n")

    def _printed(self, data: bytes) -> None:
        try:
            for line in self._lines.feed(data):
                if line[:1] in {b"{", b"["}:
                    self._received(line)
                elif line:
                    self._listener.noise(line[:2000].decode(errors="replace"))
        except LinkFailed as error:
            self._lose(str(error))
            if self._child is not None:
                self._child.kill()

    def _murmured(self, data: bytes) -> None:
        for line in self._noise.cut(data):
            self._listener.noise(line.decode(errors="replace"))

    def _ended(self, code: int | None) -> None:
        for line in self._noise.rest():
            self._listener.noise(line.decode(errors="replace"))
        if code == _NOT_FOUND:
            self._lose(f"the server's program is not installed on this machine (code {code})")
            return
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        self._lose(f"the server's process ended {how}")

    async def close(self) -> None:
        await super().close()
        if self._child is not None:
            await self._child.end()
