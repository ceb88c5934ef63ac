"""E2B's interpreter: `/execute` answers with one JSON object a line, `/contexts` keep state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from entourage.kit.errors import Invalid, Problem
from entourage.sandboxes.e2b.connect import body
from entourage.sandboxes.e2b.refusals import message_of
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.interpreter.types import CHART, DATA, ContextInfo, Counted, Event, Failure, Printed, Result
from entourage.sandboxes.live.base import HOME, Live

FORMS: Mapping[str, str] = {
    "text/plain": "text",
    "text/html": "html",
    "text/markdown": "markdown",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "application/pdf": "pdf",
    "text/latex": "latex",
    "application/json": "json",
    "application/javascript": "javascript",
    DATA: "data",
    CHART: "chart",
}


class Code:
    """Answers one door each; the sandbox was found by the token."""

    def __init__(self, interpreters: Interpreters) -> None:
        self._interpreters = interpreters
        self._running: set[asyncio.Task[None]] = set()

    async def execute(self, live: Live, request: Request) -> Response:
        """Run code and stream what it gives. A client that leaves interrupts it."""
        asked = await body(request)
        code: Any = asked.get("code")
        env: Any = asked.get("env_vars") or {}
        if not isinstance(code, str) or not _is_env(env):
            raise Invalid("There must be code, a text, and env_vars, texts by names.")
        language = str(asked.get("language") or "python")
        # an unknown context is refused before the answer has begun
        context_id = await self._interpreters.context(live, asked.get("context_id"), language=language, cwd=HOME)
        events, left = asyncio.Queue[Event | None](), asyncio.Event()

        async def work() -> None:
            try:
                await self._interpreters.run(
                    live,
                    code,
                    language=language,
                    context_id=context_id,
                    env=env,
                    on_event=events.put_nowait,
                    stop=left,
                )
            except Problem as problem:
                events.put_nowait(Failure(type(problem).__name__, message_of(problem), message_of(problem)))
            finally:
                events.put_nowait(None)

        task = asyncio.create_task(work())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return StreamingResponse(_lines(events, left), media_type="application/x-ndjson")

    async def close(self) -> None:
        """Wait for what is still being given up."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def create(self, live: Live, request: Request) -> Response:
        """A new context."""
        asked = await body(request)
        language, cwd = asked.get("language") or "python", asked.get("cwd") or HOME
        return JSONResponse(_told(await self._interpreters.create_context(live, language=str(language), cwd=str(cwd))))

    async def list(self, live: Live, _request: Request) -> Response:
        """The contexts there are."""
        return JSONResponse([_told(info) for info in await self._interpreters.list_contexts(live)])

    async def restart(self, live: Live, request: Request) -> Response:
        """Begin a context anew."""
        await self._interpreters.restart_context(live, request.path_params["context_id"])
        return Response(status_code=204)

    async def remove(self, live: Live, request: Request) -> Response:
        """End a context."""
        await self._interpreters.remove_context(live, request.path_params["context_id"])
        return Response(status_code=204)


async def _lines(events: asyncio.Queue[Event | None], left: asyncio.Event) -> AsyncGenerator[bytes]:
    try:
        while (event := await events.get()) is not None:
            yield msgspec.json.encode(told(event)) + b"\n"
        yield b'{"type":"end_of_execution"}\n'
    finally:
        left.set()


def told(event: Event) -> dict[str, Any]:
    """An event in E2B's words."""
    match event:
        case Printed(stream=stream, text=text):
            return {"type": stream, "text": text, "timestamp": time.time_ns()}
        case Result():
            return result_told(event)
        case Failure(name=name, value=value, traceback=traceback):
            return {"type": "error", "name": name, "value": value, "traceback": traceback}
        case Counted(count=count):
            return {"type": "number_of_executions", "execution_count": count}


def result_told(result: Result) -> dict[str, Any]:
    """A result by E2B's names; forms it has no name for are in `extra`. A text is told without its quotes."""
    named = {FORMS[mime]: form for mime, form in result.data.items() if mime in FORMS}
    text = named.get("text")
    if isinstance(text, str) and len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        named["text"] = text[1:-1]
    extra = {mime: form for mime, form in result.data.items() if mime not in FORMS}
    return {"type": "result", **named, "is_main_result": result.is_main, **({"extra": extra} if extra else {})}


def _told(info: ContextInfo) -> dict[str, str]:
    return {"id": info.id, "language": info.language, "cwd": info.cwd}


def _is_env(env: object) -> bool:
    return isinstance(env, dict) and all(isinstance(part, str) for pair in env.items() for part in pair)  # pyright: ignore[reportUnknownVariableType]
