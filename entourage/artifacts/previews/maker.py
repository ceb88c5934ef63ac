"""The one process that makes previews: started when there is work, used again, ended when it idles or breaks."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress

import msgspec

from entourage.artifacts.previews.made import Made, NoPreview

MEMORY_BYTES = 1024 * 1_048_576
CPU_SECONDS = 10
WALL_SECONDS = 60.0
ENDING_SECONDS = 5.0
_MAX_LINE_BYTES = 4 * 1_048_576
_MAX_PICTURE_BYTES = 4 * 1_048_576


class _Answer(msgspec.Struct, frozen=True):
    text: str
    width: int | None
    height: int | None
    pages: int | None
    seconds: float | None
    picture: int
    error: str | None
    ends: bool


_decode = msgspec.json.Decoder(_Answer).decode


class Maker:
    """Makes one preview at a time."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
        self._arguments = (str(memory_bytes), str(cpu_seconds))
        self._process: asyncio.subprocess.Process | None = None

    async def make(self, mime: str, data: bytes) -> Made:
        """The preview. Raises NoPreview, also when making it broke the process."""
        process = await self._running()
        try:
            async with asyncio.timeout(WALL_SECONDS):
                answer, picture = await _asked(process, mime, data)
        except TimeoutError:
            await self.close()
            raise NoPreview("Showing it in small takes too long.") from None
        except (ConnectionError, EOFError, ValueError):
            with suppress(TimeoutError):  # its pipes close before it is gone
                await asyncio.wait_for(process.wait(), ENDING_SECONDS)
            await self.close()
            is_late = process.returncode == -signal.SIGXCPU
            raise NoPreview(f"Showing it in small takes more {'time' if is_late else 'memory'} than it may.") from None
        except asyncio.CancelledError:
            await self.close()
            raise
        if answer.ends:
            await self.close()
        if answer.error:
            raise NoPreview(answer.error)
        return Made(answer.text, answer.width, answer.height, answer.pages, answer.seconds, picture)

    async def close(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        if process.stdin:
            process.stdin.close()
        await process.wait()

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process and self._process.returncode is not None:
            await self.close()
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "entourage.artifacts.previews.child", *self._arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
                limit=_MAX_LINE_BYTES,
                start_new_session=True,
            )
        return self._process


async def _asked(process: asyncio.subprocess.Process, mime: str, data: bytes) -> tuple[_Answer, bytes]:
    """The answer and its picture. Raises EOFError, ConnectionError, ValueError when the process broke."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(msgspec.json.encode({"mime": mime, "size": len(data)}) + b"\n")
    process.stdin.write(data)
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line.endswith(b"\n"):
        await process.wait()
        raise EOFError
    answer = _decode(line)
    if answer.picture > _MAX_PICTURE_BYTES:
        raise ValueError("a thumbnail of more than its share")
    return answer, await process.stdout.readexactly(answer.picture)
