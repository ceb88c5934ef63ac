"""Backends that fail: what does no harm is tried again, and who fails again and again is left alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from entourage.kit.errors import Unavailable
from entourage.llm.routing import standing
from entourage.tools.tool import ToolCall, ToolResult, Transient
from tests.tools.path.shelf import Shelf, call
from tests.world import Person


class Shaky:
    """Fails so many times, then answers."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self.left = failures
        self.tries = 0
        self.error = error or Transient("the line is busy", retry_after_seconds=0)

    async def __call__(self, _call: ToolCall, _args: Any) -> ToolResult:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise self.error
        return ToolResult("at last")


async def health(person: Person, server: str) -> dict[str, Any]:
    return next(one for one in (await person.get("/my/tools/health"))["items"] if one["server"] == server)


@pytest.mark.parametrize("hints", [{"idempotent": True}, {"read_only": True}])
async def test_what_does_no_harm_twice_is_tried_again(ana: Person, shelf: Shelf, hints: dict[str, Any]) -> None:
    shaky = Shaky(2)
    shelf.put(ana, "phone.ring", shaky, {}, **hints)
    assert (await call(ana, "phone.ring"))["text"] == "at last"
    assert shaky.tries == 3


async def test_it_is_not_tried_for_ever(ana: Person, shelf: Shelf) -> None:
    shaky = Shaky(9)
    shelf.put(ana, "phone.ring", shaky, {}, idempotent=True)
    assert (await call(ana, "phone.ring"))["error"] == "phone.ring could not be reached (3 tries): the line is busy"
    assert shaky.tries == 3


@pytest.mark.parametrize(
    ("hints", "error"),
    [
        ({}, None),
        ({"destructive": False}, None),
        ({"idempotent": True}, Unavailable("The phone is off.")),
        ({"idempotent": True}, Transient("come back tomorrow", retry_after_seconds=86_400)),
    ],
)
async def test_all_else_is_tried_once(
    ana: Person, shelf: Shelf, hints: dict[str, Any], error: Exception | None
) -> None:
    shaky = Shaky(1, error)
    shelf.put(ana, "phone.ring", shaky, {}, **hints)
    assert (await call(ana, "phone.ring"))["status"] == "failed"
    assert shaky.tries == 1


async def test_a_dead_server_is_left_alone_until_it_is_tried_again(
    ana: Person, ben: Person, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "_OPEN_SECONDS", 1.0)
    shaky, bens = Shaky(5), Shaky(0)
    shelf.put(ana, "phone.ring", shaky, {})
    shelf.put(ben, "phone.ring", bens, {})
    for _ in range(5):
        await call(ana, "phone.ring")
    refused = await call(ana, "phone.ring")
    assert "phone does not answer" in refused["error"]
    assert shaky.tries == 5
    shown = await health(ana, "phone")
    assert (shown["state"], shown["failures"], shown["errors"], shown["in_flight"]) == ("open", 5, 5, 0)
    assert shown["last_error"] == "the line is busy"
    assert (await ana.get("/my/tools/phone.ring"))["state"] == "unavailable"
    assert (await call(ben, "phone.ring"))["text"] == "at last"
    assert (await ben.get("/my/tools/health"))["items"][0]["errors"] == 0
    async with asyncio.timeout(20):
        while (await call(ana, "phone.ring"))["status"] != "ok":  # noqa: ASYNC110  only time opens it
            await asyncio.sleep(0.1)
    assert (await health(ana, "phone"))["state"] == "closed"


async def test_an_error_in_an_answer_says_nothing_against_the_server(ana: Person, shelf: Shelf) -> None:
    async def no(_call: ToolCall, _args: object) -> ToolResult:
        return ToolResult.failure("no such number")

    shelf.put(ana, "phone.ring", no, {})
    for _ in range(6):
        assert (await call(ana, "phone.ring"))["error"] == "no such number"
    shown = await health(ana, "phone")
    assert (shown["state"], shown["calls"], shown["errors"]) == ("closed", 6, 0)


async def test_hanging_counts_against_the_server(ana: Person, shelf: Shelf) -> None:
    async def hang(_call: ToolCall, _args: object) -> ToolResult:
        await asyncio.Event().wait()
        raise AssertionError

    shelf.put(ana, "phone.hang", hang, {}, timeout_seconds=0.01)
    for _ in range(5):
        await call(ana, "phone.hang")
    assert (await health(ana, "phone"))["state"] == "open"
