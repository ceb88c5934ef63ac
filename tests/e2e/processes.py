"""Real `entourage serve` processes, on ports of their own."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests import warm
from tests.schema import put_schema
from tests.world import PASSWORD, Person

ADMIN = "anna@example.com"
START_SECONDS = 60


@dataclass
class ServerProcess:
    """`entourage serve` over one data folder; can be killed and started again on the same port."""

    data_dir: Path
    database_url: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: _free_port())  # noqa: PLW0108  it stands below
    process: warm.Running | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        chosen = {
            "DATA_DIR": str(self.data_dir),
            "ADMIN_EMAIL": ADMIN,
            "ADMIN_PASSWORD": PASSWORD,
            "ALLOW_PRIVATE_PROVIDERS": "true",
            "REQUESTS_PER_MINUTE": "100000",
            "LOG_LEVEL": "error",
            "TITLE_BY_MODEL": "false",
            "LEASE_SECONDS": "1",
            **({"DATABASE_URL": self.database_url} if self.database_url else {}),
            **self.extra,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ENTOURAGE_")}
        return kept | {f"ENTOURAGE_{name}": value for name, value in chosen.items()}

    async def start(self) -> None:
        """Returns when it answers."""
        if self.database_url is None:
            await put_schema(self.data_dir)
        with (self.data_dir / "server.log").open("ab") as output:
            command = ("serve", "--port", str(self.port))
            self.process = await warm.entourage(*command, env=self.environment, stdout=output, stderr=output)
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(verify=False) as client:
            while True:
                if self.process.returncode is not None:
                    raise AssertionError((self.data_dir / "server.log").read_text()[-2000:])
                try:
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """As the out-of-memory killer does it."""
        assert self.process
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """As an operator does it; the exit code."""
        assert self.process
        if self.process.returncode is None:
            self.process.terminate()
        return await self.process.wait()

    async def sign_in(self) -> Person:
        """The first admin, who came from the environment."""
        client = httpx.AsyncClient(base_url=self.url, timeout=httpx.Timeout(60), verify=False)
        answer = await client.post("/api/v1/auth/login", json={"email": ADMIN, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return Person(tokens["user"]["id"], ADMIN, tokens["access_token"], client)


@asynccontextmanager
async def running_server(data_dir: Path, database_url: str | None = None, **extra: str) -> AsyncIterator[ServerProcess]:
    """A server that answers, killed at the end."""
    server = ServerProcess(data_dir, database_url, extra)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


def _free_port() -> int:
    """A port no outgoing connection is given: it must still be free when a killed server comes back."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
