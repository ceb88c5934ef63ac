"""The standing of every provider's model this process has called."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from entourage.llm.catalogue import Catalogue
from entourage.llm.routing.standing import Standing, State

_MOST_REMEMBERED = 10_000


class CandidateHealth(msgspec.Struct):
    """A provider's model as the screen shows it. Times in ms; `last_error_at` and `opened_until` in epoch ms."""

    provider_id: str
    provider: str
    model: str
    state: State
    failures: int
    last_error: str | None
    last_error_at: int | None
    latency_ms_p50: int | None
    first_token_ms_p50: int | None
    calls: int
    opened_until: int | None


class Health:
    """Standings by provider and model; the one that was not used for longest is forgotten first."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._standings: OrderedDict[tuple[str, str], Standing] = OrderedDict()

    def standing(self, provider_id: str, model: str) -> Standing:
        """That of one candidate."""
        key = provider_id, model
        found = self._standings.get(key)
        if found is None:
            found = self._standings[key] = Standing()
            if len(self._standings) > _MOST_REMEMBERED:
                self._standings.popitem(last=False)
        else:
            self._standings.move_to_end(key)
        return found

    def of(self, owner_id: str) -> list[CandidateHealth]:
        """The candidates this person may call and that were called, in the order of providers."""
        offer = self._catalogue.last(owner_id)
        providers = offer.providers if offer else {}
        order = {provider_id: place for place, provider_id in enumerate(providers)}
        mine = [(key, one) for key, one in self._standings.items() if key[0] in order and one.calls]
        mine.sort(key=lambda item: (order[item[0][0]], item[0][1]))
        return [_shown(providers[key[0]].name, key, one) for key, one in mine]


def _shown(provider: str, key: tuple[str, str], one: Standing) -> CandidateHealth:
    return CandidateHealth(
        provider_id=key[0],
        provider=provider,
        model=key[1],
        state=one.state,
        failures=one.failures,
        last_error=one.last_error,
        last_error_at=one.last_error_at,
        latency_ms_p50=one.latency_ms,
        first_token_ms_p50=one.first_token_ms,
        calls=one.calls,
        opened_until=one.opened_until,
    )
