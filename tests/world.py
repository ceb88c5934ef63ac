"""A whole server in this process, on a port of its own, and people who talk to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from entourage.accounts.service import Accounts
from entourage.accounts.tables import User
from entourage.app import create_app
from entourage.assembly import Stores
from entourage.kit.services import Services
from entourage.serving.server import Server
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE
from tests.schema import fresh_postgres, put_schema

PASSWORD = "correct horse battery"


@dataclass
class Person:
    """Somebody with an account and a client that speaks for them."""

    id: str
    email: str
    token: str
    client: httpx.AsyncClient

    async def post(self, path: str, body: Any = None, status: int | None = None, **kwargs: Any) -> Any:
        """The decoded answer of a POST, whose status is checked when given."""
        answer = await self.client.post(path, json=body or {}, **kwargs)
        assert status is None or answer.status_code == status, answer.text
        return answer.json()

    async def get(self, path: str, **params: Any) -> Any:
        """The decoded answer of a GET that succeeds."""
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def chat(self) -> str:
        """A new conversation's id."""
        return (await self.post("/my/chat", status=201))["id"]

    async def attach(self, chat_id: str, name: str, data: bytes, mime: str = "text/csv") -> str:
        """Attach a file; its id."""
        answer = await self.client.post(f"/my/chat/{chat_id}/attachments", files={"file": (name, data, mime)})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def say(self, chat_id: str, text: str, *, wait: bool = True, **body: Any) -> Any:
        """Send a message; with `wait` the answer of the team is in `reply`."""
        headers = {"Prefer": "wait=60"} if wait else {}
        body = {"content": [{"type": "text", "text": text}], **body}
        return await self.post(f"/my/chat/{chat_id}/message/", body, 200 if wait else 202, headers=headers)

    async def connect(self, base_url: str, models: list[str], kind: str = "openai_compatible", **more: Any) -> Any:
        """Connect a model provider and make it the default."""
        body = {"name": "fake", "type": kind, "base_url": base_url, "api_key": "sk-test", "models": models, **more}
        return await self.post("/api/v1/providers", {**body, "is_default": True}, 201)

    async def events(self, chat_id: str, after: int = 0) -> AsyncIterator[dict[str, Any]]:
        """The conversation's events, as NDJSON."""
        async with self.client.stream("GET", f"/my/stream/{chat_id}", params={"after": after}) as answer:
            assert answer.status_code == 200, await answer.aread()
            async for line in answer.aiter_lines():
                yield json.loads(line)

    async def events_until(self, chat_id: str, *types: str, after: int = 0) -> list[dict[str, Any]]:
        """Events up to and with the first of these types."""
        seen: list[dict[str, Any]] = []
        async with asyncio.timeout(60):
            async for event in self.events(chat_id, after):
                seen.append(event)
                if event["type"] in types:
                    return seen
        raise AssertionError(f"the stream ended without {types}")


@dataclass
class World:
    """One server and its people."""

    url: str
    settings: Settings
    services: Services
    people: list[Person] = field(default_factory=list)

    async def person(self, name: str, *, is_admin: bool = False) -> Person:
        """A new person, signed in."""
        email = f"{name}@example.com"
        user = await self.services.get(Accounts).create_user(email, PASSWORD, name.title(), is_admin=is_admin)
        token = await self.services.get(Accounts).mint_access_token(user.id)
        client = httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(60),
            limits=httpx.Limits(keepalive_expiry=2),
            verify=False,  # reading the system's certificates takes longer than most tests
        )
        person = Person(user.id, email, token, client)
        self.people.append(person)
        return person


def quick_settings(data_dir: Path, **changes: Any) -> Settings:
    """Settings under which tests are quick."""
    defaults: dict[str, Any] = {
        "data_dir": data_dir,
        "port": 0,
        "registration": "open",
        "requests_per_minute": 100_000,
        "auth_attempts_per_minute": 1000,
        "allow_private_providers": True,
        "log_level": "error",
        "alert_seconds": 3600,
        "title_by_model": False,
        "route_by_model": False,
        "extract_by_model": False,
        "remember_turns": False,
        "facts_by_model": False,
    }
    return Settings(**{**defaults, **changes})


@asynccontextmanager
async def open_world(data_dir: Path, **changes: Any) -> AsyncIterator[World]:
    """A server on 127.0.0.1, as `entourage serve` runs it."""
    settings = quick_settings(data_dir, **changes)
    if settings.database_url is None:
        await put_schema(data_dir)
    app = create_app(settings)
    server = Server(app, settings)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    running = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not running.done(), "the server did not start"
            await asyncio.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        world = World(f"http://127.0.0.1:{port}", settings, app.state.services)
        yield world
        for person in world.people:
            await person.client.aclose()
    finally:
        server.should_exit = True
        await running


class SharedWorlds:
    """One server an engine (and settings), lent to one test after the other.

    People of earlier tests are there and in nobody's way.
    """

    def __init__(self, stack: AsyncExitStack, folders: pytest.TempPathFactory, postgres_url: str | None) -> None:
        self._stack = stack
        self._folders = folders
        self._postgres_url = postgres_url
        self._worlds: dict[str, World] = {}

    @asynccontextmanager
    async def lent(self, engine: str, **changes: Any) -> AsyncIterator[World]:
        """The world of an engine and settings, in which every name is free."""
        key = f"{engine} {sorted(changes.items())}"
        world = self._worlds.get(key)
        if world is None:
            world = self._worlds[key] = await self._open(engine, changes)
        try:
            yield world
        finally:
            for person in world.people:
                await person.client.aclose()
            world.people.clear()
            await _rename_everybody(world)

    async def _open(self, engine: str, changes: dict[str, Any]) -> World:
        url = None
        if engine == "postgresql":
            assert self._postgres_url
            url = await self._stack.enter_async_context(fresh_postgres(self._postgres_url))
        folder = self._folders.mktemp(engine)
        return await self._stack.enter_async_context(open_world(folder, database_url=url, **changes))


async def _rename_everybody(world: World) -> None:
    async with world.services.get(Stores).database.write(EVERYONE) as session:
        gone = User.id + "@gone.example.com"
        await session.execute(update(User).where(User.email != gone).values(email=gone))
