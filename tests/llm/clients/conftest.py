"""A gateway with scripted providers behind it, and other people's clients before it, unchanged."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.llm_server import FakeLLM
from tests.fakes.scripts import SCRIPTS
from tests.world import Person, World

ROOT = Path(__file__).parent.parent.parent.parent
CLIENTS = Path(os.environ.get("ENTOURAGE_TEST_CLIENTS") or ROOT / ".setup/clients")
MISSING = f"there are no clients at {CLIENTS}; scripts/clients-bin fetches them"
RUN_SECONDS = 120

needs_clients = pytest.mark.skipif(not (CLIENTS / "version").exists(), reason=MISSING)


@dataclass
class Shop:
    """A person's gateway. Providers: `chat` speaks chat only, `both` chat and Responses, `claude` messages only."""

    world: World
    llm: FakeLLM
    ana: Person
    key: str
    folder: Path

    @property
    def url(self) -> str:
        return self.world.url

    @property
    def openai_url(self) -> str:
        return f"{self.url}/v1"

    async def run(self, *command: str | Path, **environment: str) -> str:
        """A program's output. It must succeed; what it writes stays in the test's folder."""
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), **environment},
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
        return said.decode()


@pytest.fixture(scope="session")
def clients_llm() -> Iterator[FakeLLM]:
    """The provider behind every client of a worker."""
    with FakeLLM("calls") as running:
        yield running


@pytest.fixture
async def shop(small_world: World, clients_llm: FakeLLM, tmp_path: Path) -> Shop:
    ana = await small_world.person("ana")
    models = ["claude-sonnet-4-5", *SCRIPTS]
    for name, kind, url in (
        ("chat", "openai_compatible", clients_llm.openai_url),
        ("both", "openai", clients_llm.openai_url),
        ("claude", "anthropic_compatible", clients_llm.anthropic_url),
    ):
        body = {"name": name, "type": kind, "base_url": url, "api_key": "sk-test"}
        await ana.post("/api/v1/providers", body | {"models": models if name == "claude" else ["auto"]}, 201)
    key = await ana.post("/my/gateway-keys", {"name": "clients", "requests_per_minute": 10_000}, 201)
    clients_llm.play("calls")
    for kept in (clients_llm.requests, clients_llm.bodies, clients_llm.answers):
        kept.clear()
    return Shop(small_world, clients_llm, ana, key["key"], tmp_path)
