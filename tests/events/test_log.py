"""Appending: after commit, in order, many callers in few transactions, nobody failed for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from entourage.kit.errors import TooMany, Unavailable
from entourage.kit.ids import new_id
from entourage.stores.log import Filter
from tests.events.spine import ANNA, BORIS, CountingStore, Spine, said


@pytest.fixture
async def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
async def counted(store: CountingStore) -> AsyncIterator[Spine]:
    opened = Spine.over(store, queue_events=50, batch_events=20)
    yield opened
    store.hold.set()
    await opened.close()


async def test_an_append_returns_what_is_already_readable(spine: Spine) -> None:
    for number in range(1, 6):
        assert await spine.log.append(said(str(number))) == [number]
        assert [event.seq for event in await spine.log.read(ANNA, Filter(after=number - 1))] == [number]
    assert await spine.log.head(ANNA) == 5


async def test_callers_at_once_each_get_their_own_seqs(spine: Spine) -> None:
    answers = await asyncio.gather(*(spine.log.append(said(f"{n}a"), said(f"{n}b")) for n in range(50)))
    assert sorted(seq for seqs in answers for seq in seqs) == list(range(1, 101))
    assert all(second == first + 1 for first, second in answers)
    texts = {event.seq: event.event.read()["text"] for event in await spine.log.read(ANNA, Filter())}
    assert all(texts[seqs[0]][:-1] == texts[seqs[1]][:-1] == str(n) for n, seqs in enumerate(answers))


async def test_many_callers_share_few_transactions(counted: Spine, store: CountingStore) -> None:
    store.hold.clear()
    waiting = [asyncio.create_task(counted.log.append(said(str(n)))) for n in range(40)]
    await asyncio.sleep(0)
    store.hold.set()
    await asyncio.gather(*waiting)
    assert sum(store.batches) == 40
    assert len(store.batches) <= 4
    assert max(store.batches) <= 20


async def test_a_repeat_is_told_its_first_seq_and_not_published_again(spine: Spine) -> None:
    one = said("once", id=new_id())
    assert await spine.log.append(one, said("two"), one) == [1, 2, 1]
    assert await spine.log.append(one) == [1]
    assert [event.seq for event in await spine.log.read(ANNA, Filter())] == [1, 2]


async def test_a_full_queue_refuses_after_a_while_and_loses_nothing(counted: Spine, store: CountingStore) -> None:
    store.hold.clear()
    waiting = [asyncio.create_task(counted.log.append(said(str(n)))) for n in range(90)]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
    refused = done.pop().exception()
    assert isinstance(refused, TooMany)
    assert refused.headers["Retry-After"] == "1"
    store.hold.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    stored = [answer[0] for answer in answers if isinstance(answer, list)]
    assert sorted(stored) == list(range(1, len(store.rows) + 1))
    assert len(stored) >= 50
    assert {type(answer) for answer in answers} == {list, TooMany}
    assert await counted.log.append(said("room again")) == [len(store.rows)]


async def test_a_poisoned_event_fails_alone(counted: Spine, store: CountingStore) -> None:
    store.poison = "bad"
    texts = ["good", "bad", "fine", "bad too", "well"]
    answers = await asyncio.gather(*(counted.log.append(said(text)) for text in texts), return_exceptions=True)
    assert [isinstance(answer, Unavailable) for answer in answers] == [False, True, False, True, False]
    assert [row.record.data.split('"text":"')[1][:4] for row in store.rows] == ["good", "fine", "well"]


async def test_a_caller_that_leaves_does_not_take_its_event_along(counted: Spine, store: CountingStore) -> None:
    store.hold.clear()
    leaving = asyncio.create_task(counted.log.append(said("mine")))
    staying = asyncio.create_task(counted.log.append(said("next")))
    await asyncio.sleep(0)
    leaving.cancel()
    store.hold.set()
    assert await staying == [2]
    assert len(store.rows) == 2


async def test_closing_writes_what_waits_and_then_refuses(counted: Spine, store: CountingStore) -> None:
    waiting = [asyncio.create_task(counted.log.append(said(str(n)))) for n in range(30)]
    await asyncio.sleep(0)
    await counted.log.close()
    assert sorted(seq for seqs in await asyncio.gather(*waiting) for seq in seqs) == list(range(1, 31))
    with pytest.raises(Unavailable):
        await counted.log.append(said("late"))


async def test_owners_have_logs_of_their_own(spine: Spine) -> None:
    assert await spine.log.append(said("a"), said("b", owner=BORIS), said("c")) == [1, 1, 2]
    assert [event.event.read()["text"] for event in await spine.log.read(BORIS, Filter())] == ["b"]
    assert await spine.log.append() == []
