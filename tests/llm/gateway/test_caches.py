"""Kept answers: the same question of the same person, whole or streamed, and never anybody else's."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from entourage.llm.caching.exact import ExactCache
from entourage.llm.caching.kept import KeptAnswer
from entourage.llm.caching.likeness import guards
from entourage.llm.caching.memory import MemoryAnswers
from entourage.llm.money.call import Tokens
from entourage.stores.cache import open_cache
from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate, alias, connect

OwnGate = Callable[..., AbstractAsyncContextManager[Gate]]
EACH = pytest.mark.parametrize("dialect", d.DIALECTS)
REDIS = os.environ.get("ENTOURAGE_TEST_REDIS_URL")


def kept(text: str) -> KeptAnswer:
    return KeptAnswer("p", "one", "openai", "m", Tokens(1, 1), "chat", whole=text.encode())


@EACH
async def test_the_same_question_is_answered_from_the_cache_for_nothing(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(d.answer(dialect)))
    first = await gate.say(dialect, f"one-{dialect}/m", temperature=0)
    body = {**d.ask(dialect, f"one-{dialect}/m"), "temperature": 0}
    second = await gate.post(dialect, json.dumps(dict(reversed(body.items())), indent=2).encode())
    assert (first.headers["x-entourage-cache"], second.headers["x-entourage-cache"]) == ("miss", "hit")
    assert second.content == first.content
    assert second.headers["x-entourage-provider"] == f"one-{dialect}"
    assert len(gate.one.got) == 1
    _, call = await gate.ledger()
    assert (call["cache"], call["cost_usd"], call["output_tokens"]) == ("hit", "0", 7)


@EACH
async def test_a_stream_is_replayed_as_a_stream_and_as_a_whole(gate: Gate, dialect: str) -> None:
    gate.one.play(u.events(d.stream(dialect)))
    first = await gate.say(dialect, f"one-{dialect}/m", stream=True)
    again = await gate.say(dialect, f"one-{dialect}/m", stream=True)
    whole = await gate.say(dialect, f"one-{dialect}/m")
    assert again.headers["x-entourage-cache"] == whole.headers["x-entourage-cache"] == "hit"
    assert again.headers["content-type"].startswith("text/event-stream")
    assert again.content == first.content
    assert d.TEXT in whole.text
    assert whole.json()["usage"]
    assert len(gate.one.got) == 1


@EACH
async def test_a_whole_answer_is_replayed_as_a_stream(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(d.answer(dialect)))
    await gate.say(dialect, f"one-{dialect}/m")
    streamed = await gate.say(dialect, f"one-{dialect}/m", stream=True)
    assert streamed.headers["x-entourage-cache"] == "hit"
    text = "".join(streamed.text.split("data: "))
    assert "Hello" in text
    assert streamed.content.endswith(b"\n\n")
    if dialect == "chat":
        assert '"choices":[]' not in text, "nobody asked for usage"
        told = await gate.say(dialect, f"one-{dialect}/m", stream=True, stream_options={"include_usage": True})
        assert '"choices":[]' in told.text


async def test_nobody_gets_another_persons_answer(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("chat", "ana's")))
    gate.two.play(u.whole(d.answer("chat", "bob's")))
    bob = await gate.world.person(f"bob-{gate.ana.email.partition('@')[0]}")
    await connect(bob, "one-chat", "openai_compatible", gate.two.url)
    for _ in range(2):
        answers = [
            await person.client.post("/v1/chat/completions", json=d.ask("chat", "one-chat/m"))
            for person in (gate.ana, bob)
        ]
        assert ["ana's" in answers[0].text, "bob's" in answers[1].text] == [True, True]
    assert (len(gate.one.got), len(gate.two.got)) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [{"tools": [{"type": "function", "function": {"name": "f"}}]}, {"temperature": 1}, {"said": "hi!"}, {"n": 2}],
)
async def test_another_question_misses(gate: Gate, change: dict[str, object]) -> None:
    gate.one.play(u.whole(d.answer("chat")))
    await gate.say("chat", "one-chat/m")
    assert (await gate.say("chat", "one-chat/m", **change)).headers["x-entourage-cache"] == "miss"


async def test_another_beta_and_another_target_of_an_alias_miss(gate: Gate) -> None:
    for fake in (gate.one, gate.two):
        fake.play(u.whole(d.answer("messages")))
    await gate.say("messages", "one-messages/m")
    other = await gate.post("messages", d.ask("messages", "one-messages/m"), anthropic_beta="x-2025-01-01")
    assert other.headers["x-entourage-cache"] == "miss"
    await alias(gate.ana, "moving", "priority", (gate.providers["one-messages"], "m", 1))
    await gate.say("messages", "moving")
    listed = (await gate.ana.get("/api/v1/aliases"))["items"]
    moving = next(item["id"] for item in listed if item["name"] == "moving")
    candidates = [{"provider_id": gate.providers["two-messages"], "model": "m"}]
    changed = await gate.ana.client.patch(f"/api/v1/aliases/{moving}", json={"candidates": candidates})
    assert changed.status_code == 200, changed.text
    answer = await gate.say("messages", "moving")
    assert (answer.headers["x-entourage-cache"], answer.headers["x-entourage-provider"]) == ("miss", "two-messages")


@pytest.mark.parametrize("wish", ["no-cache", "no-store"])
async def test_a_caller_may_go_past_the_cache(gate: Gate, wish: str) -> None:
    gate.one.play(u.whole(d.answer("chat")))
    for _ in range(2):
        answer = await gate.post("chat", d.ask("chat", "one-chat/m"), x_entourage_cache=wish)
        assert answer.headers["x-entourage-cache"] == "bypass"
    assert len(gate.one.got) == 2


async def test_what_hangs_on_an_earlier_response_is_not_kept(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("responses")))
    for _ in range(2):
        answer = await gate.say("responses", "one-responses/m", previous_response_id="resp_1")
        assert answer.headers["x-entourage-cache"] == "bypass"


async def test_failures_and_broken_streams_are_not_kept(gate: Gate) -> None:
    gate.one.play(u.whole(d.error("chat"), 500), u.events(d.begun("chat"), ends="cut"), u.whole(d.answer("chat")))
    assert (await gate.say("chat", "one-chat/m")).status_code == 500
    assert d.TEXT not in (await gate.say("chat", "one-chat/m", stream=True)).text
    answer = await gate.say("chat", "one-chat/m")
    assert (answer.status_code, answer.headers["x-entourage-cache"]) == (200, "miss")


async def test_the_cache_can_be_turned_off(own_gate: OwnGate) -> None:
    async with own_gate(gateway_cache_seconds=0) as gate:
        gate.one.play(u.whole(d.answer("chat")))
        for _ in range(2):
            assert (await gate.say("chat", "one-chat/m")).headers["x-entourage-cache"] == "bypass"


async def test_embeddings_are_kept_too(gate: Gate) -> None:
    body = b'{"object":"list","data":[{"embedding":[0.5],"index":0}],"usage":{"prompt_tokens":3,"total_tokens":3}}'
    gate.one.play(u.whole(body))
    for word in ("miss", "hit"):
        answer = await gate.ana.client.post("/v1/embeddings", json={"model": "one-chat/m", "input": "a"})
        assert (answer.content, answer.headers["x-entourage-cache"]) == (body, word)


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    now = [0.0]
    answers = MemoryAnswers(20_000, lambda: now[0])
    for number in range(100):
        answers.put("ana", str(number), kept("x" * 200), ttl_seconds=10)
    assert answers.size_bytes <= 20_000
    assert answers.get("ana", "99")
    assert answers.get("ana", "0") is None
    assert answers.get("bob", "99") is None
    answers.put("ana", "large", kept("x" * 20_000), ttl_seconds=10)
    assert answers.get("ana", "large") is None
    now[0] = 11
    assert answers.get("ana", "99") is None


@pytest.mark.skipif(REDIS is None, reason="there is no Redis")
async def test_another_server_finds_the_answer_in_redis() -> None:
    shared = open_cache(REDIS)
    one, other = (ExactCache(1_000_000, 60, shared) for _ in range(2))
    owner = f"ana-{os.getpid()}"
    one.put(owner, "k", kept("hello"))
    await one.close()
    found = await other.get(owner, "k")
    assert found
    assert found.told_whole() == b"hello"
    assert await other.get(f"bob-{os.getpid()}", "k") is None
    await shared.close()


async def test_a_question_in_other_words_is_answered_only_on_request_and_never_across_a_negation(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("chat")))

    async def asked(said: str, **headers: str) -> str:
        answer = await gate.post("chat", d.ask("chat", "one-chat/m", said=said), **headers)
        await asyncio.gather(*gate.world.services.get(_doors()).core.background)
        return answer.headers["x-entourage-cache"]

    wish = {"x_entourage_cache": "semantic"}
    assert await asked("How do I enable two-factor login for my account?", **wish) == "miss"
    assert await asked("How do I enable two-factor login for my account") == "miss", "nobody asked for likeness"
    assert await asked("How do I enable two-factor login for my account please?", **wish) == "hit"
    assert await asked("How do I disable two-factor login for my account?", **wish) == "miss"
    assert await asked("How do I not enable two-factor login for my account?", **wish) == "miss"
    assert await asked("How do I enable 2 two-factor login for my account?", **wish) == "miss"


def _doors() -> type:
    from entourage.llm.doors.finder import GatewayDoors

    return GatewayDoors


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("enable 2FA", "disable 2FA"),
        ("convert 3 km to miles", "convert 5 km to miles"),
        ("translate from French to German", "translate from German to French"),
        ("is it safe", "is it unsafe"),
        ("what is allowed", "what isn't allowed"),
        ("a < b", "a > b"),
        ("можно ли", "не можно ли"),
    ],
)
def test_questions_that_turn_on_a_word_are_told_apart(one: str, other: str) -> None:
    assert guards(one) != guards(other)


def test_small_words_do_not_matter() -> None:
    assert guards("how can I do this") == guards("how could we do this thing")
