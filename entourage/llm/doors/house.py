"""Models of the house: the team, an agent, the offline model. They answer in the caller's dialect themselves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Protocol

from entourage.kit.errors import NotFound, Problem
from entourage.llm.doors.answering import EVENT_STREAM, JSON
from entourage.llm.doors.refusing import kind_of
from entourage.llm.doors.relay import Relay
from entourage.llm.doors.watching import WATCHES
from entourage.llm.routing.failure import Failed
from entourage.llm.translate.errors import Dialect, error_event

if TYPE_CHECKING:
    from entourage.llm.doors.ask import Ask
    from entourage.llm.doors.core import Core

_HIGH_WATER_BYTES = 256 * 1024


class Inner(Protocol):
    """Who answers for the models of the house."""

    def has(self, name: str) -> bool:
        """Whether this is the name of such a model."""
        ...

    async def names(self, owner_id: str) -> list[str]:
        """Those that this person may ask for."""
        ...

    async def answer(
        self,
        owner_id: str,
        name: str,
        dialect: Dialect,
        body: bytes,
        *,
        stream: bool,
        is_gone: Callable[[], bool],
        session: str | None = None,
    ) -> AsyncGenerator[bytes]:
        """The whole body, or the events of the stream, in the dialect. Raises Problem, best before the first byte."""
        ...


async def answer_inside(core: Core, ask: Ask) -> None:
    """Raises Problem before the first byte; later ones are told in the stream.

    No tokens are counted here: the calls that the team makes for it are accounted by themselves.
    """
    if not ask.spec.translates:
        raise NotFound(f"The model {ask.body.model[:200]!r} has no /v1/{ask.spec.path}.")
    pieces = await core.inner.answer(
        ask.owner_id,
        ask.route.name,
        ask.spec.dialect,
        ask.raw,
        stream=ask.is_stream,
        is_gone=lambda: ask.exchange.is_gone,
        session=ask.asked.text(b"x-entourage-session"),
    )
    try:
        if ask.is_stream:
            await _stream(ask, pieces)
        else:
            body = b"".join([piece async for piece in pieces])
            ask.exchange.answer(200, [JSON, *ask.headers()], body)
    finally:
        await pieces.aclose()
    if ask.exchange.is_gone:
        ask.settle("cancelled", None, error="The caller left.")
    else:
        ask.settle("ok", None)


async def _stream(ask: Ask, pieces: AsyncGenerator[bytes]) -> None:
    exchange = ask.exchange

    def send(data: bytes) -> None:
        if not exchange.has_begun:
            ask.begins()
            exchange.begin(200, [EVENT_STREAM, *ask.headers()])
        exchange.write(data)

    relay = Relay(WATCHES[ask.spec.dialect](), send, hides_usage=ask.hides_usage)
    relay.let_go()
    try:
        async for piece in pieces:
            relay.take(piece)
            if exchange.waiting_bytes > _HIGH_WATER_BYTES:
                await exchange.drained()
    except (Problem, Failed) as error:
        if not exchange.has_begun:
            raise
        told = (kind_of(error), error.detail) if isinstance(error, Problem) else (error.kind, error.message)
        if not relay.has_told:
            exchange.write(error_event(ask.spec.dialect, *told))
        ask.settle("cut", None, error=told[1])
    exchange.end()
