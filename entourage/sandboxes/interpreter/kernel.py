"""Python contexts run by ipykernel inside the sandbox, spoken to over ipc sockets."""

from __future__ import annotations

import asyncio
import re
import secrets
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from entourage.kit.errors import Unavailable
from entourage.sandboxes.interpreter.engine import Died, source
from entourage.sandboxes.interpreter.pipes import Reader
from entourage.sandboxes.interpreter.sockets import remove_sockets
from entourage.sandboxes.interpreter.types import Counted, Event, Failure, OnEvent, Printed, Result
from entourage.sandboxes.live.base import RUN, Live, Process

if TYPE_CHECKING:
    import zmq.asyncio

    from entourage.sandboxes.interpreter.channels import Channels, Message

START_SECONDS = 30.0
HELLO_SECONDS = 0.2
LATE_SECONDS = 2.0
"""How long what was shown may come after the reply: its channel may lose messages under a flood."""

LOST = "[some of what was shown was too much to be passed on]\n"

ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "IPYTHONDIR": "/tmp/.ipython",
    "JUPYTER_PLATFORM_DIRS": "1",
    "JUPYTER_CONFIG_DIR": "/tmp/.jupyter",
    "JUPYTER_DATA_DIR": "/tmp/.jupyter",
    "JUPYTER_RUNTIME_DIR": "/tmp/.jupyter",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Kernel:
    """Implements `Engine` on one ipykernel. Made by `start_kernel`."""

    def __init__(self, process: Process, words: LastWords, channels: Channels, remove: Callable[[], None]) -> None:
        self._process = process
        self._words = words
        self._channels = channels
        self._remove = remove
        self._is_deaf = False

    @property
    def alive(self) -> bool:
        return not self._words.ended.is_set()

    async def run(self, code: str, env: Mapping[str, str], on_event: OnEvent) -> None:
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
        metadata = {"env": dict(env)} if env else {}
        await self._until_over(self._executed(content, metadata, on_event))

    async def change_folder(self, cwd: str) -> None:
        """Have the code work in another folder from now on."""
        code = f"import os; os.chdir({cwd!r}); del os"
        await self._until_over(self._executed({"code": code, "silent": True}, {}, _ignored))

    async def interrupt(self) -> None:
        await self._process.signal(signal.SIGINT)

    async def close(self) -> None:
        self._words.close()
        self._channels.close()
        await self._process.close()
        with suppress(OSError):  # the sandbox may be gone, and its folder with it
            self._remove()

    async def _until_over(self, work: Any) -> None:
        """Await `work`, or Died when the process ends first."""
        task, end = asyncio.ensure_future(work), asyncio.ensure_future(self._words.ended.wait())
        try:
            await asyncio.wait((task, end), return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Died(await self._process.wait(), self._words.text)
            task.result()
        finally:
            for each in (task, end):
                each.cancel()
            await asyncio.gather(task, end, return_exceptions=True)

    async def _executed(self, content: Mapping[str, Any], metadata: Mapping[str, Any], on_event: OnEvent) -> None:
        if self._is_deaf:
            self._channels.renew("iopub")
            await self.greet()
            self._is_deaf = False
        request = await self._channels.send("shell", "execute_request", content, metadata)
        failures: list[Failure] = []

        def tell(event: Event) -> None:
            if isinstance(event, Failure):
                failures.append(event)
            on_event(event)

        shown = asyncio.ensure_future(self._shown(request, tell))
        replied = asyncio.ensure_future(self._replied(request))
        try:
            await asyncio.wait((shown, replied), return_when=asyncio.FIRST_COMPLETED)
            if not replied.done():
                await asyncio.wait((replied,), timeout=LATE_SECONDS)
            if not replied.done():
                # an interrupt outside the code itself: the kernel is idle again and never answers
                on_event(Failure("KeyboardInterrupt", "", ""))
                return
            await asyncio.wait((shown,), timeout=LATE_SECONDS)
            if not shown.done():
                self._is_deaf = True
                on_event(Printed("stderr", LOST))
            # also when a second interrupt came while the first was being shown
            if (content := replied.result()["content"]).get("status") == "error" and not failures:
                on_event(_failure(content))
        finally:
            for each in (shown, replied):
                each.cancel()
            await asyncio.gather(shown, replied, return_exceptions=True)

    async def _replied(self, request: str) -> Message:
        from entourage.sandboxes.interpreter.channels import parent_id

        while parent_id(reply := await self._channels.receive("shell")) != request:
            pass
        return reply

    async def _shown(self, request: str, on_event: OnEvent) -> None:
        """Pass on what the request shows, until the kernel says that it is idle again."""
        from entourage.sandboxes.interpreter.channels import parent_id

        while True:
            message = await self._channels.receive("iopub")
            if parent_id(message) != request:
                continue
            if _is_idle(message):
                return
            if event := _event(message):
                on_event(event)

    async def greet(self) -> None:
        """Wait until it answers and what it shows arrives."""
        heard = asyncio.ensure_future(self._channels.receive("iopub"))
        try:
            while not heard.done():
                await self._channels.send("shell", "kernel_info_request", {})
                await self._channels.receive("shell")
                await asyncio.wait((heard,), timeout=HELLO_SECONDS)
        finally:
            heard.cancel()
            await asyncio.gather(heard, return_exceptions=True)


class LastWords:
    """Reads what a kernel's process itself prints: that it is ready, and why it could not start."""

    KEPT_BYTES = 8192

    def __init__(self, process: Process) -> None:
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self._kept = b""
        self._readers = [Reader(process.stdout, self._out, self._end)]
        if process.stderr is not None:
            self._readers.append(Reader(process.stderr, self._take, lambda: None))

    @property
    def text(self) -> str:
        return self._kept.decode(errors="replace").strip()

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
        self._end()

    def _out(self, chunk: bytes) -> None:
        self.ready.set()
        self._take(chunk)

    def _take(self, chunk: bytes) -> None:
        self._kept = (self._kept + chunk)[-self.KEPT_BYTES :]

    def _end(self) -> None:
        self.ended.set()
        self.ready.set()


async def start_kernel(context: zmq.asyncio.Context, live: Live, cwd: str) -> Kernel:
    """An ipykernel that is ready for code. Raises Unavailable, telling what it said, when it does not start."""
    from entourage.sandboxes.interpreter.channels import Channels

    assert live.run_folder is not None, "kernels need a folder that the sandbox shares with the host"
    name, key = f"k{secrets.token_hex(4)}", secrets.token_hex(32)
    connection = {
        "transport": "ipc",
        "ip": f"{RUN}/{name}",
        "key": key,
        "signature_scheme": "hmac-sha256",
        "cwd": cwd,
        **{f"{port}_port": at for at, port in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)},
    }
    argv = ["python3", "-c", source("rich.py", "kernel.py"), msgspec.json.encode(connection).decode()]
    process = await live.start(argv, cwd=cwd, env=ENVIRONMENT)
    words = LastWords(process)
    kernel: Kernel | None = None
    try:
        async with asyncio.timeout(START_SECONDS):
            await words.ready.wait()
            if words.ended.is_set():
                raise Unavailable(f"Python did not start in the sandbox: {words.text[-2000:] or 'it said nothing'}")
            channels = Channels(context, live.run_folder, name, key)
            kernel = Kernel(process, words, channels, partial(remove_sockets, live.run_folder, name))
            await kernel.greet()
    except BaseException as error:
        await kernel.close() if kernel else words.close()
        await process.close()
        if isinstance(error, TimeoutError):
            raise Unavailable(f"Python did not start in the sandbox within {START_SECONDS:g} s") from None
        raise
    return kernel


def _is_idle(message: Message) -> bool:
    return message["header"].get("msg_type") == "status" and message["content"].get("execution_state") == "idle"


def _event(message: Message) -> Event | None:
    content = message["content"]
    match message["header"].get("msg_type"):
        case "stream":
            return Printed("stderr" if content.get("name") == "stderr" else "stdout", str(content.get("text", "")))
        case "execute_result" | "display_data" as kind if isinstance(content.get("data"), dict):
            return Result(content["data"], is_main=kind == "execute_result")
        case "error":
            return _failure(content)
        case "execute_input" if isinstance(content.get("execution_count"), int):
            return Counted(content["execution_count"])
        case _:
            return None


def _failure(content: Mapping[str, Any]) -> Failure:
    lines = "\n".join(map(str, content.get("traceback") or ()))
    return Failure(str(content.get("ename", "")), str(content.get("evalue", "")), _COLOURS.sub("", lines))


def _ignored(_event: Event) -> None:
    return
