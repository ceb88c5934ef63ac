"""Events over a WebSocket go as prebuilt frames, plain or compressed, and read as any client expects."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame
from websockets.protocol import OPEN
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import OutsideEvent
from entourage.kit.frames import WINDOW_BITS, deflated_frame, text_frame
from tests.world import Person, World, open_world

texts = st.text(max_size=300) | st.text(min_size=1, max_size=9).map(lambda text: text * 20_000)


def read(data: bytes, *, compressed: bool) -> list[str]:
    """The messages in `data`, as the `websockets` package reads them."""
    client = ClientProtocol(parse_uri("ws://x/"), state=OPEN, max_size=None)
    if compressed:
        client.extensions = [PerMessageDeflate(True, False, WINDOW_BITS, 15)]
    client.receive_data(data)
    assert client.parser_exc is None
    return [event.data.decode() for event in client.events_received() if isinstance(event, Frame)]


@given(st.lists(texts, max_size=5))
def test_a_frame_reads_as_it_was_written(messages: list[str]) -> None:
    assert read(b"".join(text_frame(text.encode()) for text in messages), compressed=False) == messages


@given(st.lists(texts, max_size=5))
def test_compressed_frames_need_nothing_of_each_other(messages: list[str]) -> None:
    frames = [deflated_frame(text.encode()) for text in messages]
    assert read(b"".join(frames), compressed=True) == messages
    assert read(b"".join(frames[1:]), compressed=True) == messages[1:]


@asynccontextmanager
async def listening(world: World, person: Person, *, compression: str | None) -> AsyncIterator[ClientConnection]:
    address = world.url.replace("http", "ws", 1) + "/stream"
    protocols = [Subprotocol("entourage.v1"), Subprotocol(f"bearer.{person.token}")]
    async with connect(address, subprotocols=protocols, compression=compression, max_size=None) as socket:
        yield socket


async def subscribed(socket: ClientConnection, **filters: Any) -> None:
    await socket.send(json.dumps({"action": "subscribe", "id": "one", "filters": filters}))
    assert (await message(socket))["type"] == "subscribed"


async def message(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(20):
        return json.loads(await socket.recv())


def told(person: Person, text: str, session: str = "outside") -> NewEvent:
    body = msgspec.Raw(msgspec.json.encode({"text": text}))
    data = OutsideEvent(kind="custom.said", body=body)
    return NewEvent(owner_id=person.id, data=data, session_id=session, source="cli", type="custom.said")


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_live_events_arrive_whole_and_in_order(small_world: World, compression: str | None) -> None:
    person = await small_world.person("anna")
    log = small_world.services.get(EventLog)
    said = ["привет " * number for number in range(60)]
    async with listening(small_world, person, compression=compression) as socket:
        await subscribed(socket)
        for text in said:
            await log.append(told(person, text))
        heard = [await message(socket) for _ in said]
    assert [one["payload"]["data"]["body"]["text"] for one in heard] == said
    assert [one["payload"]["seq"] for one in heard] == sorted(one["payload"]["seq"] for one in heard)


async def test_a_prefix_and_a_session_of_an_outside_agent_are_filters(small_world: World) -> None:
    person = await small_world.person("anna")
    log = small_world.services.get(EventLog)
    await log.append(told(person, "wanted", "my session"))
    async with listening(small_world, person, compression=None) as socket:
        await subscribed(socket, event_types=["custom.*"], session_ids=["my session"], after=0)
        await log.append(told(person, "other", "another"), told(person, "wanted too", "my session"))
        heard = [await message(socket) for _ in range(2)]
    assert [one["payload"]["data"]["body"]["text"] for one in heard] == ["wanted", "wanted too"]


async def test_who_does_not_read_is_told_the_gap_and_then_goes_on(tmp_path: Path) -> None:
    async with open_world(tmp_path, stream_backlog_bytes=200_000, log_batch_events=64) as world:
        person = await world.person("anna")
        log = world.services.get(EventLog)
        async with listening(world, person, compression=None) as stalled:
            await subscribed(stalled)
            stalled.transport.pause_reading()
            for number in range(600):
                await log.append(told(person, f"{number} " + "x" * 20_000))
            stalled.transport.resume_reading()
            seen, gaps = await _until(stalled, 600, log, person)
    assert gaps, "much was sent, but nothing was dropped"
    missing = [seq for start, end in gaps for seq in range(start, end + 1)]
    assert sorted({*seen, *missing} & set(range(1, 601))) == list(range(1, 601))
    assert not set(seen) & set(missing)


async def _until(
    socket: ClientConnection, last: int, log: EventLog, person: Person
) -> tuple[list[int], list[tuple[int, int]]]:
    """Seqs and gaps up to `last`; a small event afterwards shows that the stream goes on."""
    seen: list[int] = []
    gaps: list[tuple[int, int]] = []
    while max([*seen, *(end for _, end in gaps)], default=0) < last:
        one = await message(socket)
        if one["type"] == "event":
            seen.append(one["payload"]["seq"])
        elif one["type"] == "gap":
            gaps.append((one["payload"]["from"], one["payload"]["to"]))
    await log.append(told(person, "and on"))
    while (one := await message(socket))["type"] != "event":
        pass
    assert one["payload"]["seq"] == last + 1
    return seen, gaps


async def test_an_idle_socket_hears_a_heartbeat(tmp_path: Path) -> None:
    async with open_world(tmp_path, stream_heartbeat_seconds=0.05) as world:
        person = await world.person("anna")
        async with listening(world, person, compression=None) as socket:
            assert (await message(socket))["type"] == "heartbeat"
        chat = await person.chat()
        kinds = [event["type"] async for event in _some(person, chat, 3)]
    assert "heartbeat" in kinds


async def _some(person: Person, chat: str, count: int) -> AsyncIterator[dict[str, Any]]:
    async for event in person.events(chat, after=10_000):
        yield event
        count -= 1
        if not count:
            return


async def test_what_is_no_event_comes_only_to_who_asked(small_world: World) -> None:
    from entourage.events.hub import Hub

    person = await small_world.person("anna")
    hub = small_world.services.get(Hub)
    async with listening(small_world, person, compression=None) as asked:
        await asked.send(json.dumps({"action": "subscribe", "kinds": ["aggregation"], "filters": {}}))
        await message(asked)
        async with listening(small_world, person, compression=None) as plain:
            await subscribed(plain)
            hub.tell(person.id, "aggregation", {"events": 3}, session_id="s")
            assert (await message(asked))["payload"] == {"events": 3}
            await plain.send(json.dumps({"action": "ping"}))
            assert (await message(plain))["type"] == "pong"
