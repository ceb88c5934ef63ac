"""An application with nothing but people, in a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine

from entourage.accounts.install import close_accounts, install, open_accounts
from entourage.accounts.keys import Keys
from entourage.accounts.passwords import Passwords
from entourage.accounts.schemas import KeyIn
from entourage.accounts.service import Accounts
from entourage.kit.services import Services
from entourage.settings import Settings
from entourage.stores.cache import open_cache
from entourage.stores.limits import open_limiter
from entourage.stores.sql import Base, Database

PASSWORD = "correct horse battery"


@dataclass
class Person:
    """Somebody with an account and a client that speaks for them."""

    id: str
    email: str
    tokens: dict[str, Any]
    client: httpx.AsyncClient


@dataclass
class House:
    """A running application and the means to make people in it."""

    app: FastAPI
    settings: Settings
    services: Services
    client: httpx.AsyncClient

    def new_client(self, token: str | None = None, address: str = "10.0.0.1") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 1234))
        return httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers)

    async def person(self, name: str, *, is_admin: bool = False) -> Person:
        """A new person, signed in."""
        email = f"{name}@example.com"
        user = await self.services.get(Accounts).create_user(email, PASSWORD, name.title(), is_admin=is_admin)
        tokens = await self.login(email)
        return Person(user.id, email, tokens, self.new_client(tokens["access_token"]))

    async def login(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = await self.client.post("/api/v1/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def key(self, person: Person, *scopes: str) -> str:
        body = KeyIn.model_validate({"name": "test", "scopes": list(scopes)})
        return (await self.services.get(Keys).make(person.id, body, is_admin="admin" in scopes)).key


OpenHouse = Callable[..., Awaitable[House]]


@cache
def _empty_tables() -> bytes:
    """A database file with all tables; to make them takes longer than most tests."""
    with TemporaryDirectory() as folder:
        file = Path(folder, "empty.db")
        engine = create_engine(f"sqlite:///{file}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


@asynccontextmanager
async def running(app: FastAPI, settings: Settings, *, fresh: bool = True) -> AsyncIterator[House]:
    """The application on its own database; `fresh=False` starts it again on the same."""
    database = Database(None, settings.data_dir)
    if fresh:
        database.path.write_bytes(_empty_tables())
    cache = open_cache()
    services = Services()
    services.add(settings)
    services.add(database)
    services.add(cache)
    app.state.services = services
    quick = Passwords(time_cost=1, memory_kib=64)
    await open_accounts(services, settings, database, cache, open_limiter(), passwords=quick)
    house = House(app, settings, services, None)  # type: ignore[arg-type]
    house.client = house.new_client()
    try:
        yield house
    finally:
        close_accounts(services)
        await cache.close()
        await database.close()


def make_app(settings: Settings) -> FastAPI:
    app = FastAPI()
    install(app, settings)
    return app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, registration="open", auth_attempts_per_minute=1000, requests_per_minute=10_000)


@pytest.fixture
async def open_house() -> AsyncIterator[OpenHouse]:
    """`await open_house(settings)` for tests that need settings of their own."""
    opened: list[Any] = []

    async def open_(settings: Settings, app: FastAPI | None = None, *, fresh: bool = True) -> House:
        context = running(app or make_app(settings), settings, fresh=fresh)
        opened.append(context)
        return await context.__aenter__()

    yield open_
    for context in reversed(opened):
        await context.__aexit__(None, None, None)


@pytest.fixture
async def house(settings: Settings, open_house: OpenHouse) -> House:
    return await open_house(settings)


@pytest.fixture
async def ana(house: House) -> Person:
    return await house.person("ana")


@pytest.fixture
async def bob(house: House) -> Person:
    return await house.person("bob")


@pytest.fixture
async def admin(house: House) -> Person:
    return await house.person("root", is_admin=True)
