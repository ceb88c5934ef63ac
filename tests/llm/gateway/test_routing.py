"""Who is asked, in which order, how often, and who is left alone for a while."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from entourage.llm.routing import attempts
from entourage.llm.routing.attempts import first_that_answers
from entourage.llm.routing.failure import Failed
from entourage.llm.routing.standing import OPENS_AFTER, Standing
from entourage.llm.routing.upstream import Upstream
from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate, alias, connect

OwnGate = Callable[..., AbstractAsyncContextManager[Gate]]
FRESH = {"x_entourage_cache": "no-store"}


async def provider_of(gate: Gate, model: str, **headers: str) -> str:
    answer = await gate.post("chat", d.ask("chat", model), **FRESH, **headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["x-entourage-provider"].partition("-")[0]


def both_answer(gate: Gate) -> None:
    for fake in (gate.one, gate.two):
        fake.play(u.whole(d.answer("chat")))


async def test_weights_share_the_calls(gate: Gate) -> None:
    both_answer(gate)
    one, two = gate.providers["one-chat"], gate.providers["two-chat"]
    await alias(gate.ana, "heavy", "weighted", (one, "m", 1000), (two, "m", 1))
    await alias(gate.ana, "even", "weighted", (one, "m", 1), (two, "m", 1))
    heavy = Counter([await provider_of(gate, "heavy") for _ in range(20)])
    even = Counter([await provider_of(gate, "even") for _ in range(40)])
    assert heavy["one"] >= 18
    assert min(even["one"], even["two"]) >= 5


async def test_an_experiment_is_sticky(gate: Gate) -> None:
    both_answer(gate)
    one, two = gate.providers["one-chat"], gate.providers["two-chat"]
    await alias(gate.ana, "test-ab", "ab", (one, "m", 1), (two, "m", 1))
    seen = {}
    for session in range(24):
        chosen = {await provider_of(gate, "test-ab", x_entourage_session=f"s{session}") for _ in range(2)}
        assert len(chosen) == 1, "the same session, the same candidate"
        seen[session] = chosen.pop()
    assert set(seen.values()) == {"one", "two"}


async def test_the_cheapest_is_asked_first(gate: Gate) -> None:
    both_answer(gate)
    dear = {"prices": {"m": {"input": "10", "output": "30"}}}
    cheap = {"prices": {"m": {"input": "1", "output": "3"}}}
    first = await connect(gate.ana, "dear", "openai_compatible", gate.one.url, **dear)
    second = await connect(gate.ana, "cheap", "openai_compatible", gate.two.url, **cheap)
    await alias(gate.ana, "thrifty", "cost", (first, "m", 1), (second, "m", 1))
    assert await provider_of(gate, "thrifty") == "cheap"


async def test_the_quickest_is_asked_once_both_are_known(gate: Gate) -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await u.whole(d.answer("chat"))(writer)

    gate.one.play(slowly)
    gate.two.play(u.whole(d.answer("chat")))
    one, two = gate.providers["one-chat"], gate.providers["two-chat"]
    await alias(gate.ana, "quick", "latency", (one, "q", 1), (two, "q", 1))
    chosen = [await provider_of(gate, "quick") for _ in range(5)]
    assert set(chosen[:2]) == {"one", "two"}
    assert set(chosen[2:]) == {"two"}


async def test_of_providers_that_list_a_model_a_native_one_comes_first(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("messages")))
    answer = await gate.say("messages", "m")
    assert answer.headers["x-entourage-provider"] == "one-messages"
    assert answer.content == d.answer("messages")


async def test_the_breaker_opens_and_lets_one_through_when_its_time_is_over(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate.one.play(u.whole(d.error("chat"), 500))
    for _ in range(OPENS_AFTER):
        assert (await gate.say("chat", "one-chat/m")).status_code == 500
    refused = await gate.say("chat", "one-chat/m")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert len(gate.one.got) == OPENS_AFTER
    from entourage.llm.routing.health import Health

    (health,) = gate.world.services.get(Health).of(gate.ana.id)
    assert (health.state, health.failures, health.provider) == ("open", OPENS_AFTER, "one-chat")
    gate.two.play(u.whole(d.answer("chat")))
    assert await provider_of(gate, "both-chat") == "two"
    standing = gate.world.services.get(Health).standing(gate.providers["one-chat"], "m")
    monkeypatch.setattr(standing, "_open_until", 0.0)
    gate.one.play(u.whole(d.answer("chat")))
    assert standing.state == "half_open"
    assert await provider_of(gate, "one-chat/m") == "one"
    assert standing.state == "closed"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def standing_at(clock: Clock) -> Standing:
    standing = Standing()
    standing._clock = clock
    return standing


def test_only_one_probe_at_a_time_and_each_opening_lasts_longer() -> None:
    clock = Clock()
    standing = standing_at(clock)
    for _ in range(OPENS_AFTER):
        assert standing.admits()
        standing.failed("no")
    assert (standing.state, standing.admits()) == ("open", False)
    first = standing.opens_in
    clock.now += first
    assert standing.state == "half_open"
    assert (standing.admits(), standing.admits()) == (True, False)
    standing.failed("no")
    assert standing.opens_in == 2 * first
    clock.now += 2 * first
    assert standing.admits()
    standing.succeeded(10, None)
    assert (standing.state, standing.failures) == ("closed", 0)


def test_a_limit_cools_down_and_does_not_open() -> None:
    clock = Clock()
    standing = standing_at(clock)
    for _ in range(2 * OPENS_AFTER):
        standing.failed("429", retry_after=20, is_limit=True)
    assert (standing.state, standing.is_cooling) == ("closed", True)
    clock.now = 21
    assert not standing.is_cooling


async def test_a_candidate_that_asked_for_a_pause_comes_last(gate: Gate) -> None:
    both_answer(gate)
    gate.one.play(u.whole(d.error("chat"), 429, retry_after="60"), u.whole(d.answer("chat")))
    assert [await provider_of(gate, "both-chat") for _ in range(2)] == ["two", "two"]
    assert len(gate.one.got) == 1


class Fake:
    """As much of an upstream as the order of attempts needs."""

    def __init__(self, *failures: Failed) -> None:
        self.standing = Standing()
        self.failures = list(failures)
        self.calls = 0


async def tried(*fakes: Fake, retries: int) -> list[float]:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    async def attempt(fake: Upstream) -> None:
        assert isinstance(fake, Fake)
        fake.calls += 1
        if fake.failures:
            raise fake.failures.pop(0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts.asyncio, "sleep", wait)
        await first_that_answers(fakes, attempt, retries=retries, chance=lambda: 0.5)  # type: ignore[arg-type]
    return waits


async def test_a_retry_waits_as_long_as_the_quickest_asked_with_jitter() -> None:
    one, two = Fake(Failed("429", status=429, retry_after=3)), Fake(Failed("503", status=503, retry_after=2))
    assert await tried(one, two, retries=1) == [2 * 1.125]
    assert (one.calls, two.calls) == (2, 1)


async def test_who_asks_for_too_long_a_pause_is_not_waited_for() -> None:
    one = Fake(Failed("429", status=429, retry_after=30))
    with pytest.raises(Failed):
        await tried(one, retries=3)
    assert one.calls == 1


async def test_what_will_not_pass_is_not_tried_again() -> None:
    one = Fake(Failed("401", status=401, is_passing=False))
    with pytest.raises(Failed):
        await tried(one, retries=3)
    assert one.calls == 1
    wrong = Fake(Failed("400", status=400, falls_back=False))
    with pytest.raises(Failed):
        await tried(wrong, Fake(), retries=3)
    assert wrong.standing.failures == 0


async def test_a_failure_that_passes_is_tried_again_unseen(own_gate: OwnGate) -> None:
    async with own_gate(gateway_retries=1) as gate:
        gate.one.play(u.whole(d.error("chat"), 503, retry_after="0"), u.whole(d.answer("chat")))
        answer = await gate.say("chat", "one-chat/m")
        assert answer.content == d.answer("chat")
        (call,) = await gate.ledger()
        assert call["attempts"] == 2
