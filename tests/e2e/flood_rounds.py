"""kill -9 of a real server under a flood of events, again and again.

`python -m tests.e2e.flood_rounds --rounds 50 [--seed 1] [--database-url postgresql://...]` prints a line a round and a
summary. In a round many senders post events with ids of their own while a WebSocket listens; the server is killed at a
random moment and started again; every event that has no answer is sent once more with the same id. Then each
acknowledged event must be in the log once, and the listener must have heard each once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from entourage.kit.ids import new_id
from tests.e2e.processes import ServerProcess, running_server
from tests.schema import fresh_postgres
from tests.world import Person

SENDERS, BATCHERS, BATCH = 12, 2, 50
LONGEST_SECONDS = 1.2


@dataclass
class Sent:
    """Ids of events, by what their senders know of them."""

    acknowledged: dict[str, int] = field(default_factory=dict[str, int])
    """With the seq they were told, 0 for a batch."""
    open: set[str] = field(default_factory=set[str])
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, event_id: str, seq: int) -> None:
        """The server said that it has the event."""
        self.open.discard(event_id)
        self.acknowledged[event_id] = seq
        self.begun.set()


@dataclass
class Round:
    """How one round went."""

    number: int
    acknowledged: int
    sent_again: int
    heard: int


class Listener:
    """A WebSocket that connects again and again from where it was."""

    def __init__(self, server: ServerProcess, token: str) -> None:
        self._url = f"{server.url.replace('http', 'ws', 1)}/stream"
        self._protocols = [Subprotocol("entourage.v1"), Subprotocol(f"bearer.{token}")]
        self.last = 0
        self.heard: list[tuple[int, str]] = []
        self.news = asyncio.Event()

    async def listen(self) -> None:
        while True:
            with suppress(OSError, ConnectionClosed, InvalidHandshake):
                async with connect(self._url, subprotocols=self._protocols, max_size=None) as socket:
                    filters = {"after": self.last}
                    await socket.send(json.dumps({"action": "subscribe", "filters": filters}))
                    async for text in socket:
                        self._take(json.loads(text))
            await asyncio.sleep(0.02)

    def _take(self, message: dict[str, Any]) -> None:
        assert message["type"] != "gap", "a listener that reads was told a gap"
        if message["type"] == "event":
            event = message["payload"]
            self.last = event["seq"]
            self.heard.append((event["seq"], event["id"]))
            self.news.set()

    async def until(self, seq: int) -> None:
        """Wait until this seq was heard."""
        async with asyncio.timeout(30):
            while self.last < seq:
                self.news.clear()
                await self.news.wait()


class Flood:
    """Rounds over one data folder."""

    def __init__(self, server: ServerProcess, person: Person, listener: Listener, seed: int) -> None:
        self._server = server
        self._person = person
        self._listener = listener
        self._random = random.Random(seed)

    async def play(self, number: int) -> Round:
        """One kill. Raises AssertionError when an acknowledged event is lost or one is there twice."""
        sent, before = Sent(), len(self._listener.heard)
        senders = [asyncio.create_task(self._send(sent)) for _ in range(SENDERS)]
        senders += [asyncio.create_task(self._send_batches(sent)) for _ in range(BATCHERS)]
        await sent.begun.wait()
        await asyncio.sleep(self._random.random() * LONGEST_SECONDS)
        await self._server.kill()
        await asyncio.gather(*senders)
        again = sorted(sent.open)
        await self._server.start()
        for event_id in again:
            assert await self._post(self._person.client, sent, event_id)
        await self._check(sent)
        return Round(number, len(sent.acknowledged), len(again), len(self._listener.heard) - before)

    async def _send(self, sent: Sent) -> None:
        async with self._client() as client:
            while await self._post(client, sent, new_id()):
                pass

    async def _send_batches(self, sent: Sent) -> None:
        async with self._client() as client:
            while True:
                ids = [new_id() for _ in range(BATCH)]
                sent.open |= set(ids)
                body = b"\n".join(json.dumps(_event(event_id)).encode() for event_id in ids)
                try:
                    answer = await client.post(
                        "/events/batch", content=body, headers={"content-type": "application/x-ndjson"}
                    )
                except httpx.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                for event_id in ids:
                    sent.note(event_id, 0)

    async def _post(self, client: httpx.AsyncClient, sent: Sent, event_id: str) -> bool:
        """Whether the server answered."""
        sent.open.add(event_id)
        try:
            answer = await client.post("/events", json=_event(event_id))
        except httpx.TransportError:
            return False
        assert answer.status_code == 202, answer.text
        sent.note(event_id, answer.json()["seq"])
        return True

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": self._person.client.headers["Authorization"]}
        async with httpx.AsyncClient(base_url=self._server.url, headers=headers, timeout=30, verify=False) as client:
            yield client

    async def _check(self, sent: Sent) -> None:
        last = max(sent.acknowledged.values())
        await self._listener.until(last)
        seqs = [seq for seq, _ in self._listener.heard]
        assert seqs == list(range(1, len(seqs) + 1)), "the listener missed a seq or heard one twice"
        times = Counter(event_id for _, event_id in self._listener.heard)
        assert max(times.values()) == 1, "an event was published twice"
        lost = [event_id for event_id in sent.acknowledged if event_id not in times]
        assert not lost, f"{len(lost)} acknowledged events are lost"
        told = {event_id: seq for seq, event_id in self._listener.heard}
        assert all(seq in (0, told[event_id]) for event_id, seq in sent.acknowledged.items())


def _event(event_id: str) -> dict[str, Any]:
    return {
        "id": event_id,
        "session_id": "flood",
        "type": "custom.flood",
        "source_app": "flood",
        "data": {"text": "x" * 200},
    }


async def play_rounds(folder: Path, database_url: str | None, rounds: int, seed: int) -> list[Round]:
    """Play them on a server of their own."""
    async with running_server(folder, database_url) as server:
        person = await server.sign_in()
        listener = Listener(server, person.token)
        listening = asyncio.create_task(listener.listen())
        flood = Flood(server, person, listener, seed)
        played: list[Round] = []
        try:
            for number in range(rounds):
                played.append(await flood.play(number))
                print(played[-1], flush=True)
                if listening.done():
                    listening.result()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await person.client.aclose()
    return played


async def _main(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        if options.database_url:
            async with fresh_postgres(options.database_url) as url:
                played = await play_rounds(Path(folder), url, options.rounds, options.seed)
        else:
            played = await play_rounds(Path(folder), None, options.rounds, options.seed)
    told = sum(one.acknowledged for one in played)
    again = sum(one.sent_again for one in played)
    print(f"{len(played)} kills: {told} acknowledged, none lost, none twice; {again} were sent again")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-url")
    sys.exit(asyncio.run(_main(parser.parse_args())))
