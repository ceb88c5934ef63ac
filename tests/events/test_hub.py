"""Live delivery: each event once and in order, from any place, however slow the others are."""

from __future__ import annotations

import asyncio
import json
import random

import pytest

from entourage.events.event import Published
from entourage.events.hub import Hub
from entourage.kit.ids import new_id
from entourage.stores.log import Filter, Record
from tests.events.spine import ANNA, BORIS, CHAT, CountingStore, Spine, events, said, taken

HERE = Filter(session_ids=(CHAT,))


@pytest.mark.parametrize("after", [0, 1, 7, 9, 10])
async def test_a_client_gets_what_was_and_then_what_comes(spine: Spine, after: int) -> None:
    for number in range(10):
        await spine.log.append(said(str(number)))
    client = spine.hub.subscribe(ANNA, Filter(after=after, session_ids=(CHAT,)), "ndjson")
    await asyncio.gather(*(spine.log.append(said("live")) for _ in range(10)))
    assert await taken(client, 20) == list(range(after + 1, 21))
    await spine.hub.unsubscribe(client)


async def test_clients_that_come_and_go_while_much_happens_miss_nothing(spine: Spine) -> None:
    total = 300
    chance = random.Random(3)

    async def write() -> None:
        for start in range(0, total, 3):
            await spine.log.append(*(said(str(start + n)) for n in range(3)))

    async def read() -> list[int]:
        seen: list[int] = []
        while not seen or seen[-1] < total:
            last = seen[-1] if seen else 0
            client = spine.hub.subscribe(ANNA, Filter(after=last, session_ids=(CHAT,)), "ndjson")
            blobs, gap = await client.take(20)
            assert gap is None
            seen += [json.loads(line)["seq"] for line in b"".join(blobs).splitlines()]
            if chance.random() < 0.5:
                await asyncio.sleep(0)
            await spine.hub.unsubscribe(client)
        return seen

    async with asyncio.timeout(60):
        *seen, _ = await asyncio.gather(read(), read(), read(), write())
    assert seen == [list(range(1, total + 1))] * 3


async def test_an_event_that_is_committed_but_not_yet_published_is_not_lost() -> None:
    """A client may come between the commit of an event and its publication."""
    store = CountingStore()
    spine = Spine.over(store)
    await spine.log.append(said("first"))
    late = said("second").record()
    await store.append([late])  # committed; its publication is still on the way
    client = spine.hub.subscribe(ANNA, Filter(after=1, session_ids=(CHAT,)), "ndjson")
    assert client.replaying
    await client.replaying
    spine.hub.publish([Published(ANNA, 2, late[0])])
    assert await taken(client, 2) == [2]
    await spine.close()


async def test_who_comes_while_the_first_one_leaves_still_hears(spine: Spine) -> None:
    first = spine.hub.subscribe(ANNA, HERE, "ndjson")
    second = spine.hub.subscribe(ANNA, HERE, "ndjson")
    await spine.hub.unsubscribe(first)
    await spine.log.append(said("hello"))
    assert await taken(second, 1) == [1]


async def test_one_window_is_one_write(spine: Spine) -> None:
    client = spine.hub.subscribe(ANNA, HERE, "ndjson")
    assert client.replaying
    await client.replaying
    await spine.log.append(*(said(str(number)) for number in range(100)))
    async with asyncio.timeout(20):
        blobs, _ = await client.take(20)
    assert len(blobs) == 1
    assert blobs[0].count(b"\n") == 100


async def test_clients_of_one_kind_share_the_same_bytes(spine: Spine) -> None:
    clients = [spine.hub.subscribe(ANNA, HERE, "ndjson") for _ in range(3)]
    await asyncio.gather(*(client.replaying for client in clients if client.replaying))
    await spine.log.append(said("shared"))
    blobs = [(await client.take(20))[0][0] for client in clients]
    assert blobs[0] is blobs[1] is blobs[2]


async def test_a_reader_that_stalls_gets_a_gap_and_others_do_not_notice() -> None:
    spine = Spine.over(CountingStore(), backlog_bytes=10_000)
    stalled = spine.hub.subscribe(ANNA, HERE, "ndjson")
    reader = spine.hub.subscribe(ANNA, HERE, "ndjson")
    for number in range(1, 61):
        await spine.log.append(said(f"{number} " + "x" * 500))
        assert await taken(reader, number) == [number]
        assert stalled._bytes <= 10_000
    blobs, gap = await stalled.take(20)
    assert blobs == []
    assert gap == (1, 60)
    await spine.log.append(said("after the gap"))
    assert await taken(stalled, 61) == [61]
    await spine.close()


async def test_the_last_hundred_are_answered_from_memory() -> None:
    store = CountingStore()
    spine = Spine.over(store)
    for number in range(150):
        await spine.log.append(said(str(number)))
    for after in (50, 100, 149, 150):
        client = spine.hub.subscribe(ANNA, Filter(after=after, session_ids=(CHAT,)), "ndjson")
        await spine.log.append(said("more"))
        last = len(store.rows)
        assert await taken(client, last) == list(range(after + 1, last + 1)) or store.reads
        await spine.hub.unsubscribe(client)
        if after > 50:
            assert store.reads == 0
    old = spine.hub.subscribe(ANNA, Filter(after=3, session_ids=(CHAT,)), "ndjson")
    assert await taken(old, 154) == list(range(4, 155))
    assert store.reads == 1
    await spine.close()


async def test_nobody_hears_another_persons_events(spine: Spine) -> None:
    client = spine.hub.subscribe(BORIS, Filter(), "ndjson")
    await spine.log.append(said("hers"))
    await spine.log.append(said("his", owner=BORIS))
    (event,) = await events(client, 1)
    assert event["data"]["text"] == "his"


async def test_filters_hold_for_live_events_too(spine: Spine) -> None:
    client = spine.hub.subscribe(ANNA, Filter(session_ids=(CHAT,), agents=("coder",)), "ndjson")
    await spine.log.append(said("a"), said("b", agent="coder"), said("c", agent="coder", session=new_id()))
    await spine.log.append(said("d", agent="coder"))
    assert [event["data"]["text"] for event in await events(client, 4)] == ["b", "d"]


async def test_closing_lets_every_client_go(spine: Spine) -> None:
    client = spine.hub.subscribe(ANNA, HERE, "ndjson")
    await spine.log.append(said("last words"))
    assert await taken(client, 1) == [1]
    await spine.hub.close()
    assert await client.take(20) == ([], None)
    assert client.closed


async def test_events_of_other_processes_are_put_in_order_and_holes_are_filled_from_the_log() -> None:
    store = CountingStore()
    spine = Spine.over(store)
    records: list[Record] = []
    for number in range(6):
        record, rollup = said(str(number)).record()
        await store.append([(record, rollup)])
        records.append(record)
    here = Hub(window_ms=1, backlog_bytes=1_000_000)
    here.log = spine.log
    client = here.subscribe(ANNA, Filter(after=6, session_ids=(CHAT,)), "ndjson")
    assert client.replaying
    await client.replaying
    for number in range(6, 12):
        record, rollup = said(str(number)).record()
        await store.append([(record, rollup)])
        records.append(record)
    for seq in (9, 8, 12, 11):  # 7 and 10 never come, the others out of order
        here.receive([Published(ANNA, seq, records[seq - 1])])
    here.receive([Published(ANNA, 8, records[7])])
    assert await taken(client, 12) == [7, 8, 9, 10, 11, 12]
    await here.close()
    await spine.close()
