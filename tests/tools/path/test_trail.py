"""What calls leave behind: events of their own, a list, counts, spans."""

from __future__ import annotations

from entourage.observe.projection.projector import Projector
from entourage.tools.caller import Caller
from entourage.tools.service import Tools
from tests.tools.path.shelf import Counting, call, settled, shelf_of
from tests.world import Person, World


async def test_a_call_is_told_by_two_events(world: World) -> None:
    ana = await world.person("ana")
    shelf_of(world).put(ana, "mail.send", Counting())
    made = await call(ana, "mail.send", {"text": "hello\x7f"})
    await settled(world)
    events = (await ana.get("/events", order="asc", source_app="api"))["items"]
    started, finished = (event for event in events if event["type"].startswith("tool_"))
    assert (started["type"], finished["type"]) == ("tool_started", "tool_finished")
    assert started["session_id"] == finished["session_id"] == "tools:api"
    assert started["data"]["args"] == {"text": "hello\x7f"}
    assert finished["data"]["result"] == made["text"]
    assert finished["data"]["tool_call_id"] == started["data"]["tool_call_id"] == made["call_id"]
    assert (finished["data"]["message_id"], finished["data"]["cached"]) == ("", False)


async def test_calls_are_listed_newest_first(world: World) -> None:
    ana, ben = await world.person("ana"), await world.person("ben")
    shelf = shelf_of(world)
    shelf.put(ana, "mail.send", Counting())
    shelf.put(ana, "mail.read", Counting(), read_only=True, idempotent=True)
    for number in range(3):
        await call(ana, "mail.send", {"text": str(number)})
    await call(ana, "mail.send", {"text": 5})
    for _ in range(2):
        await call(ana, "mail.read", {"text": "x"}, source="cli")
    await world.services.get(Tools).call(Caller(ana.id, "mcp", session_id="s-7"), "mail.send", {"text": "m"})
    await settled(world)
    first = await ana.get("/my/tool-calls", limit=3)
    second = await ana.get("/my/tool-calls", limit=50, cursor=first["next_cursor"])
    items = [*first["items"], *second["items"]]
    assert [item["source"] for item in items] == ["mcp", "cli", "cli", "api", "api", "api", "api"]
    assert (items[0]["session_id"], items[0]["args_preview"]) == ("s-7", '{"text":"m"}')
    assert [item["cached"] for item in items[1:3]] == [True, False]
    failed = (await ana.get("/my/tool-calls", status="failed"))["items"]
    assert [(item["tool"], item["status"]) for item in failed] == [("mail.send", "failed")]
    assert "string" in failed[0]["error"]
    assert len((await ana.get("/my/tool-calls", tool="mail.r*"))["items"]) == 2
    assert len((await ana.get("/my/tool-calls", source="api", status="ok"))["items"]) == 3
    assert (await ben.get("/my/tool-calls"))["items"] == []


async def test_tools_show_how_they_were_used(world: World) -> None:
    ana, ben = await world.person("ana"), await world.person("ben")
    for person in (ana, ben):
        shelf_of(world).put(person, "mail.send", Counting())
    for text in ("a", "b", 5):
        await call(ana, "mail.send", {"text": text})
    await settled(world)
    shown = await ana.get("/my/tools/mail.send")
    assert (shown["calls_24h"], shown["errors_24h"]) == (3, 1)
    assert shown["latency_ms_p50"] >= 1
    assert (await ben.get("/my/tools/mail.send"))["calls_24h"] == 0


async def test_calls_are_spans_of_a_session_in_observe(small_world: World, ana: Person) -> None:
    shelf_of(small_world).put(ana, "mail.send", Counting())
    caller = Caller(ana.id, "mcp", session_id="s-9")
    await small_world.services.get(Tools).call(caller, "mail.send", {"text": "x"})
    await settled(small_world)
    await small_world.services.get(Projector).settle()
    (session,) = (await ana.get("/sessions", source_app="mcp"))["items"]
    assert (session["id"], session["tool_calls"]) == ("s-9", 1)


async def test_strange_texts_and_large_arguments_are_no_trouble(small_world: World, ana: Person) -> None:
    shelf_of(small_world).put(ana, "mail.send", Counting())
    tools, caller = small_world.services.get(Tools), Caller(ana.id, "mcp")
    for text in ("a\x00b\ud800", "x" * 200_000):
        assert (await tools.call(caller, "mail.send", {"text": text})).success
    await settled(small_world)
    events = (await ana.get("/events", source_app="mcp", order="asc"))["items"]
    started = [event["data"]["args"] for event in events if event["type"] == "tool_started"]
    assert started[0] == {"text": "a\ufffdb\ufffd"}
    assert set(started[1]) == {"_beginning"}
