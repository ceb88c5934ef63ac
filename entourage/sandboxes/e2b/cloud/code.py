"""Code run by the cloud's own interpreter."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, cast

from entourage.sandboxes.e2b.cloud.wire import Cloud, Opened
from entourage.sandboxes.e2b.code import FORMS
from entourage.sandboxes.interpreter.collecting import Collector
from entourage.sandboxes.interpreter.contexts import Cell, stopped
from entourage.sandboxes.interpreter.types import (
    ContextInfo,
    Counted,
    Event,
    Execution,
    Failure,
    Language,
    Printed,
    Result,
)

_MIMES: Mapping[str, str] = {name: mime for mime, name in FORMS.items()}


async def run_code(cloud: Cloud, opened: Opened, cell: Cell, language: Language, context_id: str | None) -> Execution:
    """Run a cell to its end or to a limit; leaving the stream interrupts it there."""
    execution = Execution(context_id=context_id or "")
    collector = Collector(execution, cell.on_event)
    asked = {
        "code": cell.code,
        "context_id": context_id or None,
        "language": None if context_id else language,
        "env_vars": dict(cell.env) or None,
    }
    began = time.monotonic()
    running = asyncio.ensure_future(_followed(cloud, opened, asked, collector))
    stopping = asyncio.ensure_future(stopped(cell, collector))
    try:
        await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        else:
            execution.stopped_by = stopping.result()
    finally:
        for task in (running, stopping):
            task.cancel()
        await asyncio.gather(running, stopping, return_exceptions=True)
        execution.seconds = time.monotonic() - began
    return execution


async def _followed(cloud: Cloud, opened: Opened, asked: Mapping[str, Any], collector: Collector) -> None:
    async for told in cloud.lines(opened, "execute", asked):
        if event := event_of(told):
            collector.take(event)


def event_of(told: Mapping[str, Any]) -> Event | None:
    """One line of the answer as an event; None for kinds we do not know."""
    match told.get("type"):
        case "stdout" | "stderr" as stream:
            return Printed(stream, str(told.get("text", "")))
        case "result":
            data = {_MIMES[name]: form for name, form in told.items() if name in _MIMES and form is not None}
            extra: Any = told.get("extra")
            more = cast("dict[str, Any]", extra) if isinstance(extra, dict) else {}
            return Result({**data, **more}, is_main=told.get("is_main_result") is True)
        case "error":
            return Failure(*(str(told.get(name, "")) for name in ("name", "value", "traceback")))
        case "number_of_executions":
            return Counted(int(told.get("execution_count", 0)))
        case _:
            return None


def context_of(told: Any) -> ContextInfo:
    """A context as the cloud lists it."""
    return ContextInfo(str(told["id"]), told.get("language", "python"), told.get("cwd", "/home/user"))
