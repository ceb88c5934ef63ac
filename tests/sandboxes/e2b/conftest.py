"""A server with E2B's doors, the official SDKs before it, unchanged, and sandboxes that have their packages."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.llm.clients.conftest import CLIENTS, ROOT, needs_clients
from tests.sandboxes.interpreter.conftest import PACKAGES, needs_packages
from tests.world import Person, SharedWorlds, World

__all__ = ["needs_clients", "needs_packages"]

PROGRAMS = Path(__file__).parent / "programs"
RUN_SECONDS = 120


@pytest.fixture
async def e2b_world(servers: SharedWorlds) -> AsyncIterator[World]:
    packages = PACKAGES if PACKAGES.is_dir() else None
    async with servers.lent("sqlite", sandbox_site_packages=packages, sandbox_per_person=20) as opened:
        yield opened


@dataclass
class Account:
    """A person who uses E2B's SDKs with our server."""

    world: World
    person: Person
    key: str
    folder: Path

    @property
    def url(self) -> str:
        return f"{self.world.url}/e2b"

    @property
    def environment(self) -> dict[str, str]:
        return {"E2B_API_URL": self.url, "E2B_SANDBOX_URL": self.url, "E2B_API_KEY": self.key}

    async def run(self, *command: str | Path) -> Any:
        """The JSON a program prints last; it must succeed."""
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(RUN_SECONDS):
                said, complaints = await process.communicate()
        except BaseException:
            process.kill()
            raise
        assert process.returncode == 0, f"{said.decode()}\n{complaints.decode()}"
        return json.loads(said.decode().splitlines()[-1])

    async def ask(self, method: str, path: str, key: str | None = None, **more: Any) -> httpx.Response:
        """A bare request to the control API."""
        headers = {"x-api-key": self.key if key is None else key}
        async with httpx.AsyncClient(verify=False) as client:
            return await client.request(method, f"{self.url}{path}", headers=headers, **more)

    async def create(self, **asked: Any) -> dict[str, Any]:
        """A new sandbox, as the control API tells it."""
        answer = await self.ask("POST", "/v2/sandboxes", json={"templateID": "base", **asked})
        assert answer.status_code == 201, answer.text
        return answer.json()


async def account(world: World, name: str, folder: Path) -> Account:
    """A person with a personal key."""
    person = await world.person(name)
    body = {"name": "e2b", "scopes": ["read", "write"]}
    key = await person.post("/my/keys", body, 201)
    return Account(world, person, key["key"], folder)


@pytest.fixture
async def ana(e2b_world: World, tmp_path: Path) -> AsyncIterator[Account]:
    made = await account(e2b_world, "ana", tmp_path)
    yield made
    for sandbox in (await made.ask("GET", "/v2/sandboxes")).json():
        await made.ask("DELETE", f"/sandboxes/{sandbox['sandboxID']}")


@pytest.fixture(scope="session")
def python() -> Path:
    """The Python that has the SDKs."""
    return CLIENTS / "venv/bin/python"


@pytest.fixture(scope="session")
def node() -> Path:
    folder = subprocess.run([ROOT / "scripts/node-bin"], capture_output=True, check=True, text=True).stdout.strip()
    return Path(folder) / "node"
