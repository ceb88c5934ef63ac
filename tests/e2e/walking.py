"""What the end-to-end tests share: a table to chart, scripts by name, and waiting for what happens on the stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import websockets

from entourage.events.event import Event
from entourage.events.message import Message, fold
from tests.fakes.llm_server import FakeLLM
from tests.fakes.scripts import SCRIPTS
from tests.world import Person

SALES = (
    b"month,region,amount\n"
    b"2026-01,North,120.50\n2026-02,South,80\n2026-03,North,99.25\n2026-04,East,310\n2026-05,South,45.75\n"
)
TOTAL, BEST = "655.50", "East"

ENDINGS = ("task_completed", "task_failed", "task_cancelled")
WALK_TOOLS = ["list_files", "read_file", "run_code", "create_artifact", "create_artifact"]

Json = dict[str, Any]


async def connect(person: Person, llm: FakeLLM, kind: str = "openai_compatible") -> None:
    """Offer every script of the provider as a model `fake/<script>`."""
    url = llm.openai_url if kind.startswith("openai") else llm.anthropic_url
    await person.connect(url, sorted(SCRIPTS), kind)


async def begin_walk(person: Person, *, wait: bool = True) -> tuple[str, Json]:
    """Attach the table and ask for its chart; the conversation's id and the answer."""
    chat = await person.chat()
    attachment = await person.attach(chat, "sales.csv", SALES)
    sent = await person.say(
        chat, "Chart the totals by region.", wait=wait, attachments=[attachment], model="fake/csv_walk"
    )
    return chat, sent


def tool_parts(message: Json) -> list[Json]:
    return [part for part in message["parts"] if part["type"] == "tool_call"]


def text_of(message: Json) -> str:
    return "\n\n".join(part["text"] for part in message["parts"] if part["type"] == "text")


async def messages(person: Person, chat: str) -> list[Json]:
    return (await person.get(f"/my/chat/{chat}/messages"))["items"]


async def events_of_run(person: Person, chat: str, run_id: str, after: int = 0) -> list[Json]:
    """Everything on the stream up to the end of this run; returns when the conversation is free again."""
    seen: list[Json] = []
    ended = False
    async with asyncio.timeout(60):
        async for event in person.events(chat, after):
            if not ended:
                seen.append(event)
            ended = ended or (event["type"] in ENDINGS and event["data"]["run_id"] == run_id)
            if ended and event["type"] == "chat_updated" and not event["data"]["chat"]["running"]:
                return seen
    raise AssertionError("the stream ended before the run")


async def event_where(person: Person, chat: str, kind: str, after: int = 0, **data: Any) -> Json:
    """The first event of this type with this data."""
    async with asyncio.timeout(60):
        async for event in person.events(chat, after):
            if event["type"] == kind and all(event["data"].get(name) == value for name, value in data.items()):
                return event
    raise AssertionError(f"the stream ended without {kind}")


def folded(message: Json, events: list[Json]) -> Json:
    """The message as a client has it after these events."""
    state = Message.model_validate({**message, "created_at": 0})
    for event in events:
        if "seq" in event:
            state = fold(state, event_of(event))
    return state.wire()


def event_of(wire: Json) -> Event:
    fields = {**wire, "data": msgspec.Raw(json.dumps(wire["data"]).encode())}
    return Event(*(fields[name] for name in Event.__struct_fields__))


async def server_sent(person: Person, chat: str, last_event_id: int) -> AsyncIterator[Json]:
    """The conversation's events as server-sent events; each event's id is its seq."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(last_event_id)}
    async with person.client.stream("GET", f"/my/stream/{chat}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            if "id" in fields:
                event = json.loads(fields["data"])
                assert int(fields["id"]) == event["seq"]
                assert fields["event"] == event["type"]
                yield event
            fields = {}


@asynccontextmanager
async def socket(person: Person, **filters: Any) -> AsyncIterator[websockets.ClientConnection]:
    """A WebSocket that is subscribed with these filters."""
    url = str(person.client.base_url).replace("http", "ws", 1).rstrip("/") + "/stream"
    async with websockets.connect(url, subprotocols=["entourage.v1", f"bearer.{person.token}"]) as opened:  # type: ignore[list-item]
        assert opened.subprotocol == "entourage.v1"
        await opened.send(json.dumps({"action": "subscribe", "id": "main", "filters": filters}))
        yield opened


async def socket_events(person: Person, **filters: Any) -> AsyncIterator[Json]:
    """Events over a WebSocket."""
    async with socket(person, **filters) as opened:
        async for raw in opened:
            message = json.loads(raw)
            if message["type"] == "event":
                yield message["payload"]
            else:
                assert message["type"] in ("subscribed", "heartbeat"), message


async def until(stream: AsyncIterator[Json], last_seq: int) -> list[Json]:
    """Events up to and with this seq."""
    seen: list[Json] = []
    async with asyncio.timeout(30):
        async for event in stream:
            if "seq" not in event:
                continue
            seen.append(event)
            if event["seq"] >= last_seq:
                return seen
    raise AssertionError(f"the stream ended before {last_seq}")
