"""Which trace, person, session, agent and tool the present work belongs to: read by logs, events and spans.

One context variable holds all of it, so that a request pays one assignment and a log line nobody writes pays nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

_TRACEPARENT = re.compile(r"^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$")
_MAX_HEADER = 128


class Work(NamedTuple):
    """What is being worked on. `trace_id` and `span_id` are lower-case hex (W3C Trace Context)."""

    trace_id: str | None = None
    span_id: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    agent: str | None = None
    tool: str | None = None


class Answered(NamedTuple):
    """A request whose answer began just now."""

    work: Work
    caller_span: str | None
    method: str
    route: str
    status: int
    seconds: float


_NOTHING = Work()
_work: ContextVar[Work] = ContextVar("entourage_work", default=_NOTHING)


def current() -> Work:
    """What the caller is working on."""
    return _work.get()


def current_trace_id() -> str | None:
    """The trace that the caller's work belongs to, None outside of any."""
    return _work.get().trace_id


def bind(**fields: str | None) -> None:
    """Say more about the work, until this task ends."""
    _work.set(_work.get()._replace(**fields))


@contextmanager
def working(**fields: str | None) -> Generator[None]:
    """Say more about the work for the length of a block."""
    token = _work.set(_work.get()._replace(**fields))
    try:
        yield
    finally:
        _work.reset(token)


def new_trace_id() -> str:
    """32 hex digits."""
    return os.urandom(16).hex()


def new_span_id() -> str:
    """16 hex digits."""
    return os.urandom(8).hex()


def parse_traceparent(header: bytes | None) -> tuple[str, str] | None:
    """`(trace id, id of the caller's span)` of a `traceparent` header; None when there is none or it is not one."""
    if not header or len(header) > _MAX_HEADER:
        return None
    found = _TRACEPARENT.match(header.decode("latin-1").strip())
    return (found[1], found[2]) if found else None


def add_work(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: the fields of the present work, unless the line gives them itself."""
    for name, value in zip(Work._fields, _work.get(), strict=True):
        if value is not None and name not in event:
            event[name] = value
    return event
