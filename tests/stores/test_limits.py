"""Rate limits behave the same in memory and in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from entourage.stores.limits import Limiter, Rate, open_limiter
from entourage.stores.windows import MemoryWindows
from tests.stores.running_redis import has_redis, running_redis


@pytest.fixture(scope="module", params=["memory", "redis"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    if request.param == "memory":
        yield None
    elif not has_redis():
        pytest.skip("there is no Redis")
    else:
        with running_redis(tmp_path_factory.mktemp("redis")) as found:
            yield found


@pytest.fixture
async def limiter(url: str | None) -> AsyncIterator[Limiter]:
    opened = open_limiter(url)
    yield opened
    await opened.close()


@pytest.fixture
def who() -> str:
    return str(uuid4())


async def test_exactly_as_many_hits_as_allowed_pass_at_once(limiter: Limiter, who: str) -> None:
    verdicts = await asyncio.gather(*(limiter.hit(Rate("r", 20), who) for _ in range(30)))
    assert sum(verdict.allowed for verdict in verdicts) == 20


async def test_a_verdict_counts_down_and_tells_when_to_come_back(limiter: Limiter, who: str) -> None:
    verdicts = [await limiter.hit(Rate("r", 3), who) for _ in range(4)]
    assert [(verdict.allowed, verdict.remaining) for verdict in verdicts] == [
        (True, 2),
        (True, 1),
        (True, 0),
        (False, 0),
    ]
    assert all(1 <= verdict.reset_seconds <= 60 for verdict in verdicts)
    assert verdicts[-1].headers["RateLimit-Limit"] == "3"


async def test_people_and_rates_do_not_share(limiter: Limiter, who: str) -> None:
    assert (await limiter.hit(Rate("r", 1), who)).allowed
    assert not (await limiter.hit(Rate("r", 1), who)).allowed
    assert (await limiter.hit(Rate("r", 1), str(uuid4()))).allowed
    assert (await limiter.hit(Rate("other", 1), who)).allowed


async def test_the_window_moves_on(limiter: Limiter, who: str) -> None:
    rate = Rate("short", 1, seconds=1)
    assert (await limiter.hit(rate, who)).allowed

    async def allowed_again() -> None:
        while not (await limiter.hit(rate, who)).allowed:  # noqa: ASYNC110  only the clock tells
            await asyncio.sleep(0.05)

    await asyncio.wait_for(allowed_again(), 5)


async def test_what_is_refused_does_not_count(limiter: Limiter, who: str) -> None:
    rate = Rate("short", 2, seconds=1)
    assert [(await limiter.hit(rate, who)).allowed for _ in range(5)] == [True, True, False, False, False]
    await asyncio.sleep(1.05)
    assert [(await limiter.hit(rate, who)).allowed for _ in range(3)] == [True, True, False]


async def test_in_memory_nobody_stays_whose_hits_are_over() -> None:
    windows = MemoryWindows()
    for number in range(50):
        await windows.hit(f"gone {number}", 5, 1)
    await asyncio.sleep(1.05)
    for _ in range(30):
        await windows.hit("here", 100, 60)
    assert len(windows) == 1


async def test_clear_forgets(limiter: Limiter, who: str) -> None:
    await limiter.hit(Rate("r", 1), who)
    await limiter.clear(Rate("r", 1), who)
    assert (await limiter.hit(Rate("r", 1), who)).allowed


async def test_without_redis_hits_pass() -> None:
    limiter = open_limiter("redis://127.0.0.1:1/0")
    assert (await limiter.hit(Rate("r", 1), "w")).allowed
    assert (await limiter.hit(Rate("r", 1), "w")).allowed
    await limiter.close()
