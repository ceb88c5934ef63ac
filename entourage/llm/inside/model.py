"""Models as our own agents ask them: a request in the neutral form, the answer told to a sink as it comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from entourage.kit.errors import Invalid
from entourage.kit.json import without_lone_surrogates
from entourage.llm.failures import broken_off, problem_of_answer, unreadable
from entourage.llm.inside.calling import call_inside
from entourage.llm.inside.exchange import BrokenOff, InsideExchange
from entourage.llm.inside.spending import present_spending_of
from entourage.llm.translate.errors import UNREADABLE, Dialect, StreamBroken, Untranslatable
from entourage.llm.translate.keeping import replay_as_stream
from entourage.llm.translate.neutral import Message, Reply, Request, Text
from entourage.llm.translate.requests import write_request
from entourage.llm.translate.sink import Gathered, Sink
from entourage.llm.translate.sse import Events
from entourage.llm.translate.streams import stream_reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from entourage.kit.exchange import Header
    from entourage.llm.doors.core import Core

_PATHS: dict[Dialect, str] = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "messages": "/v1/messages",
}
_HEADERS: tuple[Header, ...] = ((b"content-type", b"application/json"),)
_FIRST_ERROR = 400


class Model(Protocol):
    """Something that answers."""

    window_tokens: int | None
    """How much it reads at once; None when nobody knows."""

    async def answer(self, request: Request, sink: Sink) -> None:
        """Tell `sink` the answer as it comes, to its end. Raises Problem, also after a part of it was told."""
        ...


async def ask(model: Model, request: Request) -> Reply:
    """A whole answer. Raises Problem."""
    gathered = Gathered()
    await model.answer(request, gathered)
    return gathered.reply


def question(task: str, text: str, max_tokens: int) -> Request:
    """A request for one short answer."""
    return Request([Text(task)], [Message("user", [Text(text)])], max_tokens=max_tokens, stream=True)


def text_of(reply: Reply) -> str:
    """What an answer says."""
    return "".join(part.text for part in reply.parts if isinstance(part, Text)).strip()


class GatewayModel:
    """A provider's model, or an alias of several, through the gateway: its routing, budgets and accounting.

    `route` is the name it is routed by, `dialect` what it is asked in. `is_strict`: its streams always say why they
    end, so one that does not was cut on its way.
    """

    def __init__(
        self,
        core: Core,
        owner_id: str,
        route: str,
        model: str,
        dialect: Dialect,
        provider: str,
        *,
        is_strict: bool,
        window_tokens: int | None,
    ) -> None:
        self._core = core
        self._owner_id = owner_id
        self._route = route
        self._model = model
        self._dialect: Dialect = dialect
        self._provider = provider
        self._is_strict = is_strict
        self.window_tokens = window_tokens

    async def answer(self, request: Request, sink: Sink) -> None:
        exchange = InsideExchange(_PATHS[self._dialect], _HEADERS, self._body(request))
        task = call_inside(self._core, exchange, present_spending_of(self._owner_id), self._route)
        try:
            status, headers = await exchange.head()
            if status >= _FIRST_ERROR:
                body = b"".join([piece async for piece in exchange.pieces()])
                raise problem_of_answer(status, body, self._provider)
            await self._read(exchange, _is_stream(headers), sink)
        except BrokenOff:
            raise broken_off(self._provider) from None
        finally:
            exchange.leave()
            await asyncio.wait([task])  # it is priced by then

    def _body(self, request: Request) -> bytes:
        try:
            return write_request(request, self._dialect, self._model)
        except Untranslatable as error:
            raise Invalid(f"The provider {self._provider!r} cannot be asked this: {error}.") from None

    async def _read(self, exchange: InsideExchange, is_stream: bool, sink: Sink) -> None:
        reader, events = stream_reader(self._dialect, sink), Events()
        try:
            if is_stream:
                async for piece in exchange.pieces():
                    for event in events.feed(piece):
                        reader.event(without_lone_surrogates(event))
                rest = b"\n\n"
            else:
                rest = replay_as_stream(b"".join([piece async for piece in exchange.pieces()]), self._dialect)
            for event in events.feed(rest):
                reader.event(without_lone_surrogates(event))
            if self._is_strict and not reader.is_whole:
                raise broken_off(self._provider)
            reader.finish()
        except StreamBroken as broken:
            raise broken_off(self._provider, broken.message if broken.told else "") from None
        except (*UNREADABLE, TypeError) as error:
            raise unreadable(self._provider) from error


def _is_stream(headers: Iterable[Header]) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers)
