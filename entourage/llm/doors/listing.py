"""GET /v1/models and /v1/models/{id}: every name the caller may ask for, in the form its client knows."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from entourage.kit.errors import Problem
from entourage.kit.json import encode
from entourage.llm.doors.answering import JSON
from entourage.llm.doors.asked import read_headers
from entourage.llm.doors.refusing import refuse
from entourage.llm.routing.names import ModelNotFound
from entourage.llm.schemas import OFFLINE_MODEL

if TYPE_CHECKING:
    from entourage.kit.exchange import Exchange
    from entourage.llm.catalogue import Offer
    from entourage.llm.doors.core import Core
    from entourage.llm.keys.callers import GatewayCaller

_LONG_AGO = 1_735_689_600
_LONG_AGO_TEXT = "2025-01-01T00:00:00Z"


class Named(NamedTuple):
    """A name and whose it is."""

    id: str
    owned_by: str


class ModelsDoor:
    """Implements `Door` for the list; with `one` for a single model, whose name ends the path."""

    max_body_bytes = 64 * 1024

    def __init__(self, core: Core, one: str | None = None) -> None:
        self._core = core
        self._one = one
        self.template = "/v1/models" if one is None else "/v1/models/{model}"

    def serve(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        """Answers in Anthropic's form when the request names its version, else in OpenAI's."""
        return self._serve(exchange)

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """In the form of the caller."""
        is_anthropic = any(name == b"anthropic-version" for name, _ in exchange.headers)
        refuse(exchange, "messages" if is_anthropic else "chat", problem)

    async def _serve(self, exchange: Exchange) -> None:
        try:
            asked = read_headers(exchange.headers)
            token = asked.token
            caller = self._core.callers.known(token) or await self._core.callers.of_token(token)
            offer = await self._core.offer(caller.owner_id)
            inner = await self._core.inner.names(caller.owner_id)
            listed = [named for named in _names(offer, inner) if _is_allowed(caller, named.id)]
            show = _anthropic if b"anthropic-version" in asked.read else _openai
            body = show(listed) if self._one is None else _single(show, listed, self._one)
        except Problem as problem:
            self.refuse(exchange, problem)
            return
        exchange.answer(200, [JSON], encode(body))


def _names(offer: Offer, inner: list[str]) -> Iterator[Named]:
    yield from (Named(name, "alias") for name in offer.aliases)
    for target in offer.providers.values():
        yield from (Named(f"{target.name}/{model}", target.name) for model in target.models)
    yield from (Named(name, "entourage") for name in dict.fromkeys([*inner, OFFLINE_MODEL]))


def _is_allowed(caller: GatewayCaller, name: str) -> bool:
    return caller.models is None or caller.may_call(name, name.partition("/")[2] or None)


def _openai(listed: list[Named]) -> dict[str, Any]:
    data = [{"id": one.id, "object": "model", "created": _LONG_AGO, "owned_by": one.owned_by} for one in listed]
    return {"object": "list", "data": data}


def _anthropic(listed: list[Named]) -> dict[str, Any]:
    data = [
        {"type": "model", "id": one.id, "display_name": one.id, "created_at": _LONG_AGO_TEXT, "owned_by": one.owned_by}
        for one in listed
    ]
    ids = [one.id for one in listed]
    return {"data": data, "has_more": False, "first_id": ids[0] if ids else None, "last_id": ids[-1] if ids else None}


def _single(show: Any, listed: list[Named], name: str) -> Any:
    found = [one for one in listed if one.id == name or one.id.partition("/")[2] == name]
    if not found:
        raise ModelNotFound(f"The model {name[:200]!r} does not exist or you have no access to it.")
    return show(found[:1])["data"][0]
