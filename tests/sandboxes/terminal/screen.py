"""A terminal's client as the browser is one: reads, says what it has drawn, types."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import websockets

from tests.world import Person, World

PROMPT = b"prompt> "


class Screen:
    """One connected client."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.hello: dict[str, Any] = {}
        self.output = bytearray()
        self.said: list[dict[str, Any]] = []
        self.lost = self.read = 0

    @property
    def offset(self) -> int:
        return int(self.hello["start"]) + len(self.output) + self.lost

    async def type(self, text: str) -> None:
        await self.socket.send(text.encode())

    async def tell(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def step(self, *, drawing: bool = True) -> None:
        """Take one message."""
        message = await self.socket.recv()
        if isinstance(message, str):
            self.said.append(json.loads(message))
            if self.said[-1]["type"] == "gap":
                self.lost += self.said[-1]["to"] - self.offset
            return
        self.output += message
        if drawing:
            await self.tell(type="ack", offset=self.offset)

    async def until(self, wanted: bytes, *, seconds: float = 30) -> bytes:
        """What is printed up to and with `wanted`, from where the last `until` ended."""
        begin = looked = self.read
        async with asyncio.timeout(seconds):
            while (found := self.output.find(wanted, looked)) < 0:
                looked = max(begin, len(self.output) - len(wanted))
                await self.step()
        self.read = found + len(wanted)
        return bytes(self.output[begin : self.read])

    async def told(self, kind: str, *, seconds: float = 30) -> dict[str, Any]:
        """The next message of this type, output before it taken in."""
        async with asyncio.timeout(seconds):
            while not (found := [message for message in self.said if message["type"] == kind]):
                await self.step()
        self.said.remove(found[0])
        return found[0]


@asynccontextmanager
async def screen(world: World, person: Person, terminal_id: str, after: int | None = None) -> AsyncGenerator[Screen]:
    """Connected and greeted."""
    address = f"{world.url.replace('http', 'ws')}/my/terminals/{terminal_id}/socket"
    query = "" if after is None else f"?after={after}"
    headers = {"Authorization": f"Bearer {person.token}"}
    async with websockets.connect(
        address + query, additional_headers=headers, compression=None, max_size=None
    ) as socket:
        client = Screen(socket)
        client.hello = await client.told("hello")
        yield client


async def shell(person: Person, **asked: Any) -> str:
    """A terminal of this person: its id."""
    return str((await person.post("/my/terminals", {"rows": 24, "cols": 80, **asked}, 201))["id"])


async def prompt(client: Screen) -> None:
    """Wait for a shell that asks with PROMPT."""
    await client.type("PS1='pro''mpt> '\n")
    await client.until(PROMPT)
