"""Admission and accounting of model calls: limits and budgets before a call, its price and its usage event after it."""

from __future__ import annotations

from entourage.events.event import NewEvent
from entourage.events.types import Usage
from entourage.kit.ids import new_id
from entourage.llm.catalogue import Catalogue, Offer, Target
from entourage.llm.money.budgets import Budget, Budgets, BudgetSpent
from entourage.llm.money.call import AGENT, Call, Spender, Tokens
from entourage.llm.money.ledger import Hold, Ledger
from entourage.llm.money.prices import Prices, dollars
from entourage.llm.money.rates import RateLimited, Rates, RateState
from entourage.llm.money.recorder import Recorder

__all__ = ["Admission", "BudgetSpent", "Call", "Meter", "RateLimited", "Spender", "Tokens"]

_MOST_EXPECTED = 10_000
_LONGEST_NAME = 128
_LONGEST_ERROR = 500


class Admission:
    """Leave to make one call. Hand it to `Meter.settle` when the call has ended, or to `Meter.release`."""

    __slots__ = ("hold", "is_over", "model", "offer", "priced", "rate", "spender")

    def __init__(self, spender: Spender, model: str, rate: RateState, offer: Offer | None, hold: Hold | None) -> None:
        self.spender = spender
        self.model = model
        self.rate = rate
        self.offer = offer
        """What the person could call at this moment, for prices and billing."""
        self.hold = hold
        self.is_over = False
        self.priced: Usage | None = None
        """What `settle` made of the call."""


class Meter:
    """Lets calls in and writes down what they took."""

    def __init__(
        self, catalogue: Catalogue, prices: Prices, budgets: Budgets, ledger: Ledger, recorder: Recorder, rates: Rates
    ) -> None:
        self._catalogue = catalogue
        self._prices = prices
        self._budgets = budgets
        self._ledger = ledger
        self._recorder = recorder
        self._rates = rates
        self._expected: dict[tuple[str, str], int] = {}

    async def admit(self, spender: Spender, model: str) -> Admission:
        """Leave for one call to `model`, by the name that was asked for. Raises RateLimited, BudgetSpent.

        It suspends only to look something up for the first time in seconds, and where several servers share limits.
        """
        owner_id = spender.owner_id
        budgets = self._budgets.known(owner_id)
        if budgets is None:
            budgets = await self._budgets.of(owner_id)
        rate = self._rates.hit_now(spender) or await self._rates.hit(spender)
        hold = await self._hold(budgets, spender, model) if budgets else None
        return Admission(spender, model, rate, self._catalogue.last(owner_id), hold)

    def settle(self, admission: Admission, call: Call) -> None:
        """Price the call, count it, and hand its usage event to the log. Quick; raises nothing and waits for nothing.

        A second time for one admission does nothing, but for attempts that cost something and were thrown away
        (`is_attempt`). A call of an agent's run is stored by the run with its step: it finds the event in `priced`.
        """
        if admission.is_over:
            return
        admission.is_over = not call.is_attempt
        cost = self._cost(admission.offer, call)
        usage = usage_of(admission.spender, call, cost)
        if call.cache != "hit":
            self._rates.spend(admission.spender, call.tokens.input + call.tokens.output)
            self._expect(admission, cost or 0)
        admission.priced = usage
        hold = None if call.is_attempt else admission.hold
        if admission.spender.source == AGENT:
            if hold:
                hold.drop()
            return
        if hold:
            hold.becomes(call.id, usage.cost_nano)
        self._recorder.add(_event(admission.spender, call.id, usage), hold.rider if hold else None)

    def release(self, admission: Admission) -> None:
        """No call was made: what was held of budgets is given back."""
        if not admission.is_over:
            admission.is_over = True
            if admission.hold:
                admission.hold.drop()

    def price_of(self, target: Target, model: str) -> tuple[int, int] | None:
        """Nano-USD of a thousand tokens in, and of a thousand out; None when the price is not known."""
        given = cost_at(self._prices, target, model, Tokens(input=1000))
        made = cost_at(self._prices, target, model, Tokens(output=1000))
        return None if given is None or made is None else (given, made)

    async def flush(self) -> None:
        """Wait until everything that was settled is committed."""
        await self._recorder.flush()

    async def close(self) -> None:
        """Commit what waits; the log must still be open."""
        await self._recorder.close()

    async def _hold(self, budgets: tuple[Budget, ...], spender: Spender, model: str) -> Hold | None:
        hard = [one for one in budgets if one.holds_back(spender)]
        if not hard:
            return None
        expected = self._expected.get((spender.owner_id, model), 0)
        hold_id = new_id()
        return self._ledger.hold_now(hard, hold_id, expected) or await self._ledger.hold(hard, hold_id, expected)

    def _expect(self, admission: Admission, nano: int) -> None:
        """Remember what calls to this model cost, for what is held of budgets."""
        if admission.hold is None:
            return
        key = (admission.spender.owner_id, admission.model)
        if len(self._expected) >= _MOST_EXPECTED:
            self._expected.clear()
        before = self._expected.get(key)
        self._expected[key] = nano if before is None else (3 * before + nano) // 4

    def _cost(self, offer: Offer | None, call: Call) -> int | None:
        """In nano-USD; None when no price is known."""
        target = offer.providers.get(call.provider_id or "") if offer else None
        if target is None:
            return self._prices.cost(call.provider_type, "", call.model, call.tokens)
        return cost_at(self._prices, target, call.model, call.tokens)


def cost_at(prices: Prices, target: Target, model: str, tokens: Tokens) -> int | None:
    """What these tokens cost at a provider, by its own prices where it has some; None when no price is known."""
    if target.billing == "free":
        return 0
    return prices.cost(target.kind.type, target.base_url, model, tokens, target.prices.get(model))


def usage_of(spender: Spender, call: Call, nano: int | None) -> Usage:
    """The event's data. An answer out of our cache costs nothing and saves what it would have cost."""
    tokens, is_hit = call.tokens, call.cache == "hit"
    price = None if nano is None else dollars(nano)
    return Usage(
        provider=call.provider_name,
        model=_name(call.model) or "",
        input_tokens=tokens.input,
        output_tokens=tokens.output,
        cached_tokens=tokens.cached,
        reasoning_tokens=tokens.reasoning,
        cost_usd="0" if is_hit else price,
        latency_ms=call.latency_ms,
        first_token_ms=call.first_token_ms,
        status=call.status,
        error=_clean(call.error, _LONGEST_ERROR) if call.error else None,
        door=call.door,
        alias=_name(call.alias),
        provider_id=call.provider_id,
        key_id=spender.key_id,
        workspace=_name(spender.workspace),
        cache=call.cache,
        saved_usd=price if is_hit else None,
        cache_write_tokens=tokens.cache_write,
        attempts=call.attempts,
        estimated=call.estimated,
    )


def _event(spender: Spender, event_id: str, usage: Usage) -> NewEvent:
    return NewEvent(
        owner_id=spender.owner_id,
        data=usage,
        session_id=_name(spender.session_id),
        run_id=spender.run_id,
        agent=_name(spender.agent),
        id=event_id,
        source=spender.source,
    )


def _name(text: str | None) -> str | None:
    """A name as it can be stored; callers send what they like in headers."""
    return _clean(text, _LONGEST_NAME) if text else None


def _clean(text: str, length: int) -> str:
    if text.isascii() and text.isprintable():
        return text[:length]
    return text[:length].encode(errors="replace").decode().replace("\x00", "\ufffd")
