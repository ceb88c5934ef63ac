"""One request as the gateway understands it, and the one place where what it took is written down."""

from __future__ import annotations

from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

from entourage.kit.ids import new_id
from entourage.llm.doors import estimating
from entourage.llm.doors.rates import rate_headers
from entourage.llm.doors.rewriting import asks_for_usage
from entourage.llm.money.call import CacheWord, Call, Status, Tokens
from entourage.llm.routing.contracts import Contract, contract_of
from entourage.llm.routing.source import inner_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from entourage.kit.exchange import Exchange, Header
    from entourage.llm.caching.semantic import Question
    from entourage.llm.doors.asked import Asked, Body
    from entourage.llm.doors.forms import Form
    from entourage.llm.doors.specs import DoorSpec
    from entourage.llm.doors.watching import Watch
    from entourage.llm.money.meter import Admission, Meter
    from entourage.llm.routing.failure import Failed
    from entourage.llm.routing.names import Route
    from entourage.llm.routing.upstream import Upstream

_NOTHING = Tokens()


class Ask:
    """A request that was let in. `source`, `upstream` and `watch` are those of the last attempt."""

    def __init__(
        self,
        meter: Meter,
        exchange: Exchange,
        spec: DoorSpec,
        asked: Asked,
        body: Body,
        route: Route,
        admission: Admission,
        started: float,
        form: Form | None = None,
    ) -> None:
        self._meter = meter
        self.exchange = exchange
        self.spec = spec
        self.asked = asked
        self.raw = exchange.body
        self.body = body
        self.route = route
        self.admission = admission
        self.owner_id = admission.spender.owner_id
        self.is_stream = bool(body.stream)
        self.call_id = new_id()
        """That of the usage event."""
        self.attempts = 0
        self.source = inner_source(body.model)
        self.upstream: Upstream | None = None
        self.watch: Watch | None = None
        self.first_token_ms: int | None = None
        self.cache: CacheWord = "bypass"
        self.cache_key = ""
        self.question: Question | None = None
        """What the semantic cache looked for."""
        self.form = form
        self.is_inside = False
        """Whether an agent of ours asks: it tries again by itself, and a kept answer is of no use to it."""
        self.hears: Callable[[Failed], bool] | None = None
        """Who is told of a failure in place of the dialect; False: tell it in the dialect all the same."""
        self._started = started

    @cached_property
    def usage_asked(self) -> bool | None:
        """Of a chat stream: whether the caller wants its usage told; None when it says nothing."""
        return asks_for_usage(self.body.stream_options)

    @property
    def hides_usage(self) -> bool:
        """Whether the event that tells a chat stream's usage is for us alone."""
        return self.spec.dialect == "chat" and not self.usage_asked

    @cached_property
    def contract(self) -> Contract | None:
        """What the answer must keep, None for nothing."""
        body = self.body
        formats = (body.response_format, body.text, body.output_config, body.output_format)
        if not self.spec.translates or not (len(body.tool_choice) or any(map(len, formats))):
            return None
        return contract_of(self.spec.dialect, body.tool_choice, body.tools, formats)

    @property
    def elapsed_ms(self) -> int:
        return round((perf_counter() - self._started) * 1000)

    def headers(self) -> list[Header]:
        """What the gateway says of its answer."""
        return [
            (b"x-entourage-cache", self.cache.encode()),
            (b"x-entourage-call", self.call_id.encode()),
            *self.source.headers,
            *rate_headers(self.admission.rate, self.spec.dialect),
        ]

    def begins(self) -> None:
        """The first content is on its way to the caller."""
        self.first_token_ms = self.elapsed_ms

    def settle(
        self, status: Status, tokens: Tokens | None, *, error: str | None = None, estimated: bool = False
    ) -> None:
        """The call is over: write down what it took."""
        if self.spec.is_counted:
            self._meter.settle(self.admission, self._call(self.call_id, status, tokens or _NOTHING, error, estimated))
        else:
            self._meter.release(self.admission)

    def settle_attempt(self, tokens: Tokens, error: str) -> None:
        """An attempt was thrown away that the provider will charge for all the same."""
        if self.spec.is_counted:
            call = self._call(new_id(), "failed", tokens, error, estimated=False)
            call.is_attempt = True
            self._meter.settle(self.admission, call)

    def settle_unfinished(self, status: Status, error: str) -> None:
        """The answer broke off, or nobody waits for it any more: what was told counts, the rest by our own count."""
        told = self.watch.tokens if self.watch else None
        if told and self.watch and self.watch.is_over:
            # some callers leave at the last event, before the end of the body
            self.settle("ok" if status == "cancelled" else status, told, error=None if status == "cancelled" else error)
            return
        if self.source.provider_id is None:
            self.settle(status, told, error=error)
            return
        given = self.watch.given_tokens if self.watch else 0
        if told:
            tokens = told._replace(output=max(told.output, given))
        else:
            tokens = Tokens(estimating.input_tokens(self.raw), given)
        self.settle(status, tokens, error=error, estimated=True)

    def _call(self, call_id: str, status: Status, tokens: Tokens, error: str | None, estimated: bool) -> Call:
        source = self.source
        return Call(
            id=call_id,
            dialect=self.spec.dialect,
            door=self.spec.name,
            provider_id=source.provider_id,
            provider_name=source.provider_name,
            provider_type=source.provider_type,
            model=source.model,
            tokens=tokens,
            latency_ms=self.elapsed_ms,
            alias=self.route.alias,
            first_token_ms=self.first_token_ms,
            status=status,
            error=error,
            cache=self.cache,
            attempts=max(1, self.attempts),
            estimated=estimated,
        )
