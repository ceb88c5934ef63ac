"""Results that are kept for a while: for one person, of tools that only read, until something is changed."""

from __future__ import annotations

from typing import Any

from entourage.assembly import Stores
from entourage.tools.tool import ToolCall, ToolResult
from tests.tools.path.shelf import Counting, Shelf, call
from tests.world import Person, World

READS: dict[str, Any] = {"read_only": True, "idempotent": True}


async def test_the_same_question_is_answered_from_memory(ana: Person, shelf: Shelf) -> None:
    work = Counting()
    shelf.put(ana, "news.latest", work, **READS)
    first, second = [await call(ana, "news.latest", {"text": "sport"}) for _ in range(2)]
    assert (first["cached"], second["cached"]) == (False, True)
    assert first["text"] == second["text"]
    assert (await call(ana, "news.latest", {"text": "art"}))["cached"] is False
    assert len(work.calls) == 2


async def test_the_order_of_arguments_does_not_matter(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "news.latest", Counting(), {}, **READS)
    await call(ana, "news.latest", {"a": 1, "b": {"c": 2, "d": 3}})
    assert (await call(ana, "news.latest", {"b": {"d": 3, "c": 2}, "a": 1}))["cached"] is True


async def test_nobody_is_given_what_another_was_told(ana: Person, ben: Person, shelf: Shelf) -> None:
    for person in (ana, ben):
        shelf.put(person, "news.latest", Counting(), **READS)
    await call(ana, "news.latest", {"text": "x"})
    assert (await call(ben, "news.latest", {"text": "x"}))["cached"] is False


async def test_tools_that_write_or_answer_differently_are_always_called(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "news.write", Counting(), idempotent=True)
    shelf.put(ana, "news.chance", Counting(), read_only=True)
    for name in ("news.write", "news.chance"):
        assert [(await call(ana, name, {"text": "x"}))["cached"] for _ in range(2)] == [False, False]
    await call(ana, "write_file", {"path": "a.txt", "content": "one"})
    assert (await call(ana, "read_file", {"path": "a.txt"}))["text"] == "one"
    await call(ana, "write_file", {"path": "a.txt", "content": "two"})
    assert (await call(ana, "read_file", {"path": "a.txt"}))["text"] == "two"


async def test_a_change_lets_go_of_what_its_server_said(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "news.latest", Counting(), **READS)
    shelf.put(ana, "news.write", Counting())
    shelf.put(ana, "weather.today", Counting(), **READS)
    for name in ("news.latest", "weather.today", "news.write"):
        await call(ana, name, {"text": "x"})
    assert (await call(ana, "news.latest", {"text": "x"}))["cached"] is False
    assert (await call(ana, "weather.today", {"text": "x"}))["cached"] is True


async def test_a_failed_call_is_not_kept(ana: Person, shelf: Shelf) -> None:
    answers = iter([ToolResult.failure("not now"), ToolResult("now")])
    shelf.put(ana, "news.latest", Counting(lambda _call, _args: next(answers)), **READS)
    assert (await call(ana, "news.latest", {"text": "x"}))["status"] == "failed"
    assert (await call(ana, "news.latest", {"text": "x"}))["text"] == "now"


async def test_a_policy_says_how_long(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "news.latest", Counting(), **READS)
    shelf.put(ana, "news.chance", Counting(), read_only=True)
    await ana.post("/my/tool-policies", {"tool": "news.latest", "cache_seconds": 0}, 201)
    await ana.post("/my/tool-policies", {"tool": "news.chance", "cache_seconds": 60}, 201)
    for name, kept in (("news.latest", False), ("news.chance", True)):
        await call(ana, name, {"text": "x"})
        assert (await call(ana, name, {"text": "x"}))["cached"] is kept


async def test_who_lost_the_right_is_not_answered_from_memory(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "news.latest", Counting(), **READS)
    await call(ana, "news.latest", {"text": "x"})
    await ana.post("/my/tool-policies", {"tool": "news.*", "grant": "deny"}, 201)
    assert (await call(ana, "news.latest", {"text": "x"}))["status"] == "denied"


async def test_nothing_secret_is_kept(small_world: World, ana: Person, shelf: Shelf) -> None:
    def answer(call: ToolCall, _args: object) -> ToolResult:
        call.secrets.append("swordfish")
        return ToolResult("the word is swordfish")

    shelf.put(ana, "news.latest", Counting(answer), **READS)
    texts = [(await call(ana, "news.latest", {"text": "x"}))["text"] for _ in range(2)]
    assert texts == ["the word is [redacted]"] * 2
    cache = small_world.services.get(Stores).cache.owned(ana.id)
    values = cache._engine.values._kept.values()
    assert not any(b"swordfish" in value for _, value in values)
