"""The cache behaves the same in memory and in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from cashews.exceptions import CacheBackendInteractionError

from entourage.stores.cache import Cache, open_cache
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
async def cache(url: str | None) -> AsyncIterator[Cache]:
    opened = open_cache(url)
    yield opened
    await opened.close()


@pytest.fixture
def owner() -> str:
    return str(uuid4())


async def test_a_value_comes_back_as_a_copy(cache: Cache, owner: str) -> None:
    mine = cache.owned(owner)
    value = {"list": [1, 2.5, None, True], "text": "ação ✓", "digits": "007"}
    await mine.set("k", value, ttl_seconds=60)
    value["list"].append("later")
    assert await mine.get("k") == {"list": [1, 2.5, None, True], "text": "ação ✓", "digits": "007"}


@pytest.mark.parametrize("value", [0, "", "12", [], False, 12])
async def test_plain_values_keep_their_type(cache: Cache, owner: str, value: object) -> None:
    await cache.owned(owner).set("k", value, ttl_seconds=60)
    found = await cache.owned(owner).get("k")
    assert found == value
    assert type(found) is type(value)


async def test_an_unknown_or_deleted_key_is_none(cache: Cache, owner: str) -> None:
    mine = cache.owned(owner)
    assert await mine.get("nothing") is None
    await mine.set("k", 1, ttl_seconds=60)
    await mine.delete("k")
    await mine.delete("k")
    assert await mine.get("k") is None


async def test_a_value_expires(cache: Cache, owner: str) -> None:
    mine = cache.owned(owner)
    await mine.set("k", 1, ttl_seconds=0.02)

    async def gone() -> None:
        while await mine.get("k") is not None:  # noqa: ASYNC110  only the clock tells
            await asyncio.sleep(0.005)

    await asyncio.wait_for(gone(), 2)


async def test_an_owner_sees_no_other_and_not_the_shared_keys(cache: Cache, owner: str) -> None:
    other = str(uuid4())
    await cache.set(f"k-{owner}", "shared", ttl_seconds=60)
    await cache.owned(other).set("k", "theirs", ttl_seconds=60)
    mine = cache.owned(owner)
    assert await mine.get("k") is None
    assert await mine.get(f"k-{owner}") is None
    await mine.set("k", "mine", ttl_seconds=60)
    await mine.delete_prefix("")
    assert await mine.get("k") is None
    assert await cache.owned(other).get("k") == "theirs"
    assert await cache.get(f"k-{owner}") == "shared"


async def test_delete_prefix_takes_dots_and_pluses_literally(cache: Cache, owner: str) -> None:
    mine = cache.owned(owner)
    for key in ("a.b:1", "a.b:2", "axb:1", "a.c"):
        await mine.set(key, key, ttl_seconds=60)
    await mine.delete_prefix("a.b")
    assert [await mine.get(key) for key in ("a.b:1", "a.b:2", "axb:1", "a.c")] == [None, None, "axb:1", "a.c"]


@pytest.mark.parametrize("key", ["", "*", "a b", "a\nb", "x[1]", "k?", "ключ", "a" * 201])
async def test_a_strange_key_is_refused(cache: Cache, owner: str, key: str) -> None:
    with pytest.raises(ValueError, match="cache key"):
        await cache.owned(owner).set(key, 1, ttl_seconds=60)


@pytest.mark.parametrize("stranger", ["", "a:b", "../x", "*"])
def test_a_strange_owner_is_refused(cache: Cache, stranger: str) -> None:
    with pytest.raises(ValueError, match="not an owner"):
        cache.owned(stranger)


async def test_one_holder_of_a_lock_at_a_time(cache: Cache, owner: str) -> None:
    inside = most = 0

    async def work() -> None:
        nonlocal inside, most
        async with cache.owned(owner).lock("job", seconds=5):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.wait_for(asyncio.gather(*(work() for _ in range(10))), 10)
    assert most == 1


async def test_locks_of_other_keys_and_owners_do_not_wait(cache: Cache, owner: str) -> None:
    mine = cache.owned(owner)
    async with mine.lock("a", seconds=5), mine.lock("b", seconds=5), cache.owned(str(uuid4())).lock("a", seconds=5):
        await cache.ping()


async def test_a_failed_holder_frees_the_lock(cache: Cache, owner: str) -> None:
    mine = cache.owned(owner)
    with pytest.raises(RuntimeError):
        async with mine.lock("a", seconds=5):
            raise RuntimeError
    async with asyncio.timeout(2), mine.lock("a", seconds=5):
        pass


async def test_without_redis_everything_is_a_miss_and_nothing_fails() -> None:
    cache = open_cache("redis://127.0.0.1:1/0")
    await cache.set("k", 1, ttl_seconds=5)
    assert await cache.get("k") is None
    await cache.delete("k")
    async with cache.lock("k", seconds=1):
        pass
    with pytest.raises(CacheBackendInteractionError):
        await cache.ping()
    await cache.close()
