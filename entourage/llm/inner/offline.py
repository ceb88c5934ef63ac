"""The offline model, asked from outside: with the caller's tools, which the caller runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from functools import partial

from entourage.llm.inside.model import Model, ask
from entourage.llm.translate.neutral import Call, Request, Spoken, Text
from entourage.llm.translate.sink import Sink


async def told_by(model: Model, request: Request) -> AsyncGenerator[Callable[[Sink], None]]:
    """What the model says and calls, as calls of a sink. Raises Unavailable where a form is asked for."""
    reply = await ask(model, request)
    yield lambda sink: sink.start(reply.id, reply.created)
    for part in reply.parts:
        yield partial(_tell, part)
    yield lambda sink: sink.stop(reply.stop)


def _tell(part: Spoken, sink: Sink) -> None:
    if isinstance(part, Text):
        sink.text(part.text)
    elif isinstance(part, Call):
        sink.call(part.id, part.id, part.name)
        sink.arguments(part.id, part.arguments)
