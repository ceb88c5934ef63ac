"""One request on its way: let in, answered by a cache or a candidate, accounted whatever happens."""

from __future__ import annotations

import asyncio
import math
from time import perf_counter
from typing import TYPE_CHECKING, cast

from entourage.kit.errors import Forbidden, Problem, Unauthorized
from entourage.llm.doors import estimating
from entourage.llm.doors.answering import JSON, passed_on
from entourage.llm.doors.ask import Ask
from entourage.llm.doors.asked import Asked, read_body, read_headers
from entourage.llm.doors.forms import read_form
from entourage.llm.doors.house import answer_inside
from entourage.llm.doors.keeping import from_cache
from entourage.llm.doors.refusing import refuse
from entourage.llm.doors.scrubbing import is_object, message_of, without_keys
from entourage.llm.doors.sending import chat_body, request_to
from entourage.llm.doors.streams import answer_pieces, answer_stream
from entourage.llm.doors.wholes import answer_whole
from entourage.llm.routing.attempts import first_that_answers
from entourage.llm.routing.failure import Failed, of_reply, of_wire
from entourage.llm.translate.errors import error_body
from entourage.wire.failures import WireFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from entourage.kit.exchange import Exchange
    from entourage.llm.doors.core import Core
    from entourage.llm.doors.specs import DoorSpec
    from entourage.llm.keys.callers import GatewayCaller
    from entourage.llm.money.call import Spender
    from entourage.llm.routing.upstream import Upstream
    from entourage.llm.translate.errors import Dialect
    from entourage.wire.reply import Reply

_LONGEST_STICKY = 512
_GOOD = range(200, 300)
_OUR_KEY_REFUSED = frozenset({401, 403})
_NO_CREDIT = 402
_FIRST_ERROR = 400
_BAD_GATEWAY = 502
_OF_THE_PROVIDERS_ACCOUNT = frozenset({"unauthorized", "billing"})


async def pass_through(core: Core, spec: DoorSpec, exchange: Exchange) -> None:
    """Answer a request of an outside caller. Never raises a Problem: it is told in the door's dialect."""
    started = perf_counter()
    try:
        asked = read_headers(exchange.headers)
        token = asked.token
        caller = core.callers.known(token) or await _introduced(core, token, exchange.client)
        spender = caller.spender(
            agent=asked.text(b"x-entourage-agent"),
            session_id=asked.text(b"x-entourage-session"),
            workspace=asked.text(b"x-entourage-workspace"),
        )
        ask = await let_in(core, spec, exchange, asked, spender, started, caller)
    except Problem as problem:
        refuse(exchange, spec.dialect, problem)
        return
    await answer(core, ask)


async def _introduced(core: Core, token: str, address: str) -> GatewayCaller:
    """A caller that was not seen lately. Raises Unauthorized, Forbidden, TooMany."""
    core.strangers.check(address)
    try:
        return await core.callers.of_token(token)
    except Unauthorized:
        core.strangers.note(address)
        raise


async def let_in(
    core: Core,
    spec: DoorSpec,
    exchange: Exchange,
    asked: Asked,
    spender: Spender,
    started: float,
    caller: GatewayCaller | None = None,
    model: str | None = None,
) -> Ask:
    """Read the request, find its route, and get leave to spend. Raises Problem.

    `model` is routed in place of the name in the body.
    """
    if spec.body == "form":
        form, body = read_form(exchange.body, asked.read.get(b"content-type", b""))
    else:
        form, body = None, read_body(exchange.body)
    name = body.model if model is None else model
    route = core.route(await core.offer(spender.owner_id), name)
    if caller and caller.models is not None and not caller.may_call(body.model, *route.names):
        raise Forbidden(f"This key may not call the model {body.model[:200]!r}.")
    admission = await core.meter.admit(spender, name)
    return Ask(core.meter, exchange, spec, asked, body, route, admission, started, form)


async def answer(core: Core, ask: Ask) -> None:
    """Answer a request that was let in, and settle it. The caller's going away ends the work."""
    task = asyncio.current_task()
    assert task
    ask.exchange.on_gone(cast("Callable[[], None]", task.cancel))
    try:
        await _answered(core, ask)
    except asyncio.CancelledError:
        ask.settle_unfinished("cancelled", "The caller left." if ask.exchange.is_gone else "The server ended.")
        if not ask.exchange.is_gone:
            raise
    except Failed as failed:
        _give_up(ask, failed)
    except Problem as problem:
        ask.settle("failed", None, error=problem.detail)
        refuse(ask.exchange, ask.spec.dialect, problem, tuple(ask.headers()))
    except BaseException:
        ask.settle_unfinished("failed", "The server failed to answer.")
        raise


async def _answered(core: Core, ask: Ask) -> None:
    if ask.spec.name == "count_tokens" and not any(one.speaks("messages") for one in ask.route.upstreams):
        _count_ourselves(ask)
        return
    if not ask.route.upstreams:
        await answer_inside(core, ask)
        return
    if not ask.is_inside and await from_cache(core, ask):
        return
    attempt = _Attempts(core, ask)
    await first_that_answers(attempt.order(), attempt, retries=0 if ask.is_inside else core.retries)


def _count_ourselves(ask: Ask) -> None:
    """Where no provider counts for us: about as many tokens as it will be."""
    ask.exchange.answer(200, [JSON, *ask.headers()], b'{"input_tokens":%d}' % estimating.input_tokens(ask.raw))
    ask.settle("ok", None, estimated=True)


class _Attempts:
    """Asks one candidate. What an earlier one took before it failed is written down first."""

    __slots__ = ("_ask", "_core", "_thrown_away")

    def __init__(self, core: Core, ask: Ask) -> None:
        self._core = core
        self._ask = ask
        self._thrown_away: Failed | None = None

    def order(self) -> Sequence[Upstream]:
        """The candidates in the order of the route's strategy.

        Of several providers that list a model those that need no translation come first.
        """
        route = self._ask.route
        if len(route.upstreams) == 1:
            return route.upstreams
        if route.alias is None:
            dialect = self._ask.spec.dialect
            return sorted(route.upstreams, key=lambda one: not one.speaks(dialect))
        return self._core.strategies.order(route.strategy, route.upstreams, _sticky(self._ask))

    async def __call__(self, upstream: Upstream) -> None:
        """Raises Failed."""
        ask = self._ask
        if self._thrown_away and self._thrown_away.tokens:
            ask.settle_attempt(self._thrown_away.tokens, self._thrown_away.message)
        ask.attempts += 1
        ask.upstream, ask.source, ask.watch = upstream, upstream.source, None
        try:
            await self._attempt(upstream)
        except Failed as failed:
            self._thrown_away = failed
            raise

    async def _attempt(self, upstream: Upstream) -> None:
        ask = self._ask
        try:
            dialect, reply = await self._asked(upstream)
        except WireFailed as error:
            raise of_wire(error) from error
        if reply.status not in _GOOD:
            raise of_reply(reply, upstream.target.name)
        if reply.stream is None:
            answer_whole(self._core, ask, upstream, dialect, reply)
        elif ask.spec.translates:
            await answer_stream(self._core, ask, upstream, dialect, reply)
        else:
            await answer_pieces(ask, upstream, reply)

    async def _asked(self, upstream: Upstream) -> tuple[Dialect, Reply]:
        ask = self._ask
        if upstream.target.kind.anyllm and ask.spec.translates:
            return "chat", await self._core.longtail.ask(upstream.target, upstream.model, chat_body(ask, upstream))
        head, request = request_to(ask, upstream)
        wants = ask.spec.streams if ask.is_stream or ask.spec.streams == "pieces" else "whole"
        return head.dialect, await self._core.wire.ask(head.origin, request, wants)


def _sticky(ask: Ask) -> str:
    """Who asks, for experiments: the session, else the user the caller names, else its key, else its owner."""
    spender, body = ask.admission.spender, ask.body
    named = bytes(body.user) or bytes(body.metadata)
    return (
        spender.session_id or named[:_LONGEST_STICKY].decode("utf-8", "replace") or spender.key_id or spender.owner_id
    )


def _give_up(ask: Ask, failed: Failed) -> None:
    """Nobody answered: tell why, in the provider's own words where the caller speaks its dialect."""
    if failed.give_anyway:
        failed.give_anyway()
        return
    reply = failed.reply
    if ask.hears and ask.hears(failed):
        pass
    elif reply is None:
        _refuse(ask, failed.status, failed, _clean(ask, failed.message))
    elif reply.status in _OUR_KEY_REFUSED:
        _refuse(ask, _BAD_GATEWAY, failed, f"{failed.message} Its API key may be wrong; put in the right one.")
    elif reply.status == _NO_CREDIT:
        _refuse(ask, _BAD_GATEWAY, failed, f"{failed.message} The account there has no credit left.")
    elif reply.status < _FIRST_ERROR:
        _refuse(ask, _BAD_GATEWAY, failed, failed.message)
    else:
        _pass_on(ask, failed, reply)
    ask.settle("failed", failed.tokens, error=failed.message)


def _pass_on(ask: Ask, failed: Failed, reply: Reply) -> None:
    """The provider's own refusal: as it came where the caller can read it, else its message."""
    upstream = ask.upstream
    assert upstream
    body = without_keys(reply.body or b"", upstream.target.key)
    if upstream.speaks(ask.spec.dialect) and is_object(body):
        ask.exchange.answer(reply.status, [*passed_on(reply.headers), *ask.headers()], body)
    else:
        _refuse(ask, reply.status, failed, message_of(body) or failed.message)


def _clean(ask: Ask, message: str) -> str:
    key = ask.upstream.target.key if ask.upstream else None
    return without_keys(message.encode(), key).decode()


def _refuse(ask: Ask, status: int, failed: Failed, message: str) -> None:
    headers = [JSON, *ask.headers()]
    if failed.retry_after is not None:
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(failed.retry_after))))
    kind = None if failed.kind in _OF_THE_PROVIDERS_ACCOUNT else failed.kind
    body = error_body(ask.spec.dialect, status, kind, message, request_id=ask.exchange.request_id)
    ask.exchange.answer(status, headers, body)
