"""Requests and tokens a minute."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.kit.ids import new_id
from entourage.llm.money.call import Spender
from entourage.llm.money.rates import WINDOW_SECONDS, MemoryRates, RateLimited, Window
from entourage.llm.money.shared_rates import SharedRates
from entourage.stores.limits import open_minute_counts

REDIS = os.environ.get("ENTOURAGE_TEST_REDIS_URL")


def spender(key_id: str = "k", requests: int | None = None, tokens: int | None = None) -> Spender:
    return Spender("ana", key_id, requests_per_minute=requests, tokens_per_minute=tokens)


def test_requests_over_the_limit_are_refused_until_the_oldest_leave() -> None:
    rates, key = MemoryRates(), spender(requests=3)
    states = [rates.count(key, 100.0 + second) for second in (0, 1, 2)]
    assert [state.requests_left for state in states] == [2, 1, 0]
    with pytest.raises(RateLimited) as refused:
        rates.count(key, 130.0)
    assert refused.value.headers["Retry-After"] == "30"
    assert rates.count(key, 160.0).requests_left == 0
    assert rates.count(spender("other", requests=3), 130.0).requests_left == 2


def test_a_refused_request_counts_nothing() -> None:
    rates, key = MemoryRates(), spender(requests=1)
    rates.count(key, 100.0)
    for moment in range(101, 160):
        with pytest.raises(RateLimited):
            rates.count(key, float(moment))
    rates.count(key, 160.0)


def test_tokens_are_counted_when_they_are_known() -> None:
    rates, key = MemoryRates(), spender(tokens=100)
    state = rates.hit_now(key)
    assert state is not None
    assert state.tokens_left == 100
    rates.spend(key, 150)
    with pytest.raises(RateLimited, match="100 tokens"):
        rates.hit_now(key)


def test_without_limits_nothing_is_counted() -> None:
    state = MemoryRates().hit_now(spender())
    assert state is not None
    assert (state.requests, state.tokens) == (None, None)


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(1, 50)), max_size=100), st.floats(0, 100))
def test_a_window_holds_what_came_within_the_last_minute(hits: list[tuple[float, int]], later: float) -> None:
    window = Window()
    for moment, amount in sorted(hits):
        window.add(moment, amount)
    now = max((moment for moment, _ in hits), default=0.0) + later
    assert window.total(now) == sum(amount for moment, amount in hits if int(moment) > now - WINDOW_SECONDS)
    assert 0 <= window.reset(now) <= WINDOW_SECONDS


@pytest.mark.parametrize("_engine", ["redis"] if REDIS else [])
async def test_servers_count_together(_engine: str) -> None:
    assert REDIS
    servers = [SharedRates(open_minute_counts(REDIS)) for _ in range(2)]
    key = spender(new_id(), requests=10, tokens=1000)
    for number in range(10):
        state = await servers[number % 2].hit(key)
        assert state.requests_left <= 9 - number
    with pytest.raises(RateLimited, match="10 requests"):
        for _ in range(3):  # a minute that turns just now lets one more through
            await servers[0].hit(key)
    other = spender(new_id(), requests=10, tokens=1000)
    await servers[0].hit(other)
    servers[0].spend(other, 1500)
    for server in servers:
        await server.drain()
    with pytest.raises(RateLimited, match="1000 tokens") as refused:
        await servers[1].hit(other)
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 120
    for server in servers:
        await server.close()


async def test_without_redis_a_server_counts_alone() -> None:
    rates = SharedRates(open_minute_counts("redis://127.0.0.1:1"))
    key = spender(requests=1)
    assert rates.hit_now(key) is None
    await rates.hit(key)
    with pytest.raises(RateLimited):
        await rates.hit(key)
    await rates.close()
