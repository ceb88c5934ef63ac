"""Reload, cut and come back at any point: the same text, no gap, no duplicate, whichever stream one reads."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.e2e.walking import (
    begin_walk,
    connect,
    event_where,
    events_of_run,
    folded,
    messages,
    server_sent,
    socket_events,
    until,
)
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World

DELTAS = ("text_delta", "reasoning_delta")


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("anna")
    await connect(person, fake_llm)
    return person


@pytest.fixture
def fake_llm() -> Any:
    with FakeLLM(tokens_per_second=400) as server:
        yield server


async def test_a_reload_in_mid_stream_folds_to_the_same_text(anna: Person) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, "Tell me a lot.", wait=False, model="fake/long")
    everything = asyncio.create_task(events_of_run(anna, chat, sent["run_id"], sent["seq"]))
    reloads = []
    after = sent["seq"]
    for _ in range(4):
        after = (await event_where(anna, chat, "text_delta", after))["seq"]
        reloads.append(await anna.get(f"/my/chat/{chat}/messages"))
    events = await everything
    final = next(e["data"]["message"] for e in reversed(events) if e["type"] == "message")
    assert final["status"] == "done"
    seen = 0
    for reload in reloads:
        shown = reload["items"][-1]
        later = [event for event in events if event["seq"] > reload["seq"]]
        before_end = [event for event in later if event["type"] in DELTAS]
        assert folded(shown, before_end)["parts"] == final["parts"]
        assert folded(shown, later)["parts"] == final["parts"]
        seen += shown["status"] == "streaming" and bool(shown["parts"])
    assert seen, "every reload came too late or too early"


async def test_from_every_offset_there_is_no_gap_and_no_duplicate(anna: Person) -> None:
    chat, sent = await begin_walk(anna, wait=False)
    live = await events_of_run(anna, chat, sent["run_id"])
    seqs = [event["seq"] for event in live]
    assert seqs == sorted(set(seqs))
    last = seqs[-1]
    await event_where(anna, chat, "chat_updated", last)
    lasting = [event for event in live if event["type"] not in DELTAS]

    async def again(after: int) -> list[dict[str, Any]]:
        return await until(anna.events(chat, after), last)

    for after in range(0, last, max(1, last // 40)):
        got = await again(after)
        places = [event["seq"] for event in got]
        assert places == sorted(set(places))
        assert [event for event in got if event["type"] not in DELTAS] == [e for e in lasting if e["seq"] > after]


async def test_a_client_that_is_cut_again_and_again_misses_nothing(anna: Person) -> None:
    chat = await anna.chat()
    sent = await anna.say(chat, "Tell me a lot.", wait=False, model="fake/long")
    steady = asyncio.create_task(events_of_run(anna, chat, sent["run_id"], sent["seq"]))
    pieces: list[dict[str, Any]] = []
    after = sent["seq"]
    while not (pieces and pieces[-1]["type"] == "task_completed"):
        taken = 0
        async for event in anna.events(chat, after):
            if "seq" not in event:
                continue
            pieces.append(event)
            after, taken = event["seq"], taken + 1
            if taken == 3 or event["type"] == "task_completed":
                break
    whole = await steady
    assert [event["seq"] for event in pieces] == sorted({event["seq"] for event in pieces})
    if pieces != whole:  # the turn ended between two of its connections: its deltas were compacted away
        missing = [event for event in whole if event not in pieces]
        assert {event["type"] for event in missing} <= set(DELTAS)
        assert [event for event in pieces if event not in whole] == []


async def test_every_kind_of_stream_gives_the_same_events(anna: Person) -> None:
    chat, sent = await begin_walk(anna, wait=False)
    start = sent["seq"]
    live = asyncio.create_task(events_of_run(anna, chat, sent["run_id"], start))
    sse = asyncio.create_task(_to_end(server_sent(anna, chat, start), sent["run_id"]))
    ws = asyncio.create_task(_to_end(socket_events(anna, session_ids=[chat], after=start), sent["run_id"]))
    async with asyncio.timeout(60):
        by_ndjson, by_sse, by_ws = await asyncio.gather(live, sse, ws)
    assert by_ndjson == by_sse
    assert by_ndjson == by_ws
    last = by_ndjson[-1]["seq"]
    await event_where(anna, chat, "chat_updated", last)
    lasting = [event for event in by_ndjson if event["type"] not in DELTAS]
    for again in (anna.events(chat, start), server_sent(anna, chat, start), socket_events(anna, after=start)):
        got = [event for event in await until(again, last) if event["session_id"] == chat]
        assert [event for event in got if event["type"] not in DELTAS] == lasting


async def _to_end(stream: Any, run_id: str) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    async for event in stream:
        seen.append(event)
        if event["type"] == "task_completed" and event["data"]["run_id"] == run_id:
            return seen
    raise AssertionError("the stream ended")


async def test_a_socket_filters_what_it_was_asked_for(anna: Person) -> None:
    chat, other = await anna.chat(), await anna.chat()
    sent = await anna.say(chat, "hello", wait=False, model="fake/echo")
    await anna.say(other, "elsewhere", model="fake/echo")
    last = (await event_where(anna, other, "task_completed"))["seq"]
    kinds = ["task_completed", "task_started"]
    got = await until(socket_events(anna, event_types=kinds, after=sent["seq"]), last)
    assert {event["type"] for event in got} == set(kinds)
    assert {event["session_id"] for event in got} == {chat, other}
    only = await until(socket_events(anna, session_ids=[other], event_types=["task_completed"], after=0), last)
    assert [event["session_id"] for event in only] == [other]


async def test_what_the_messages_say_is_what_replaying_the_log_says(anna: Person, world: World) -> None:
    from entourage.events.log import EventLog
    from entourage.events.replay import replay_messages

    chat, _ = await begin_walk(anna)
    replayed = await replay_messages(world.services.get(EventLog), anna.id, chat)
    shown = await messages(anna, chat)
    assert [message.wire()["parts"] for message in replayed] == [message["parts"] for message in shown]
    assert [message.status for message in replayed] == ["done", "done"]
