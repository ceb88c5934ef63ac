"""`entourage events tail|search`: the log in a terminal, with the filters of the stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import typer

from entourage.commands.connection import Refused, problem_of, talk, token_for
from entourage.settings import Settings

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Looking:
    """Which events; an empty list means any. A type may end in `*`."""

    sessions: list[str] = field(default_factory=list[str])
    sources: list[str] = field(default_factory=list[str])
    types: list[str] = field(default_factory=list[str])
    agents: list[str] = field(default_factory=list[str])
    after: int | None = None
    as_json: bool = False

    def filters(self) -> dict[str, Any]:
        """As WS /stream takes them."""
        found: dict[str, Any] = {
            "session_ids": self.sessions,
            "source_apps": self.sources,
            "event_types": self.types,
            "agents": self.agents,
        }
        return found if self.after is None else {**found, "after": self.after}

    def query(self) -> dict[str, Any]:
        """As GET /events takes them."""
        return {"session_id": self.sessions, "source_app": self.sources, "type": self.types, "agent": self.agents}


@dataclass(frozen=True, slots=True)
class Search:
    """Words to find, since when (RFC 3339), and how many events at most."""

    text: str | None
    since: str | None
    limit: int


def run_tail(looking: Looking, settings: Settings, url: str | None, token: str | None) -> int:
    """Print events as they happen, until interrupted or the server ends."""
    server = url or settings.base_url

    async def work() -> int:
        async for event in _live(looking, server, await token_for(settings, token)):
            _print(event, as_json=looking.as_json)
        return 0

    return talk(work, server)


def run_search(looking: Looking, search: Search, settings: Settings, url: str | None, token: str | None) -> int:
    """Print the newest events that match, oldest first; 1 when there is none."""
    server = url or settings.base_url

    async def work() -> int:
        headers = {"Authorization": f"Bearer {await token_for(settings, token)}"}
        query = {
            key: value for key, value in {**looking.query(), "q": search.text, "from": search.since}.items() if value
        }
        async with httpx.AsyncClient(base_url=server, headers=headers, timeout=30) as client:
            found = await _pages(client, query, search.limit)
        for event in reversed(found):
            _print(event, as_json=looking.as_json)
        return 0 if found else 1

    return talk(work, server)


async def _pages(client: httpx.AsyncClient, query: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while len(found) < limit:
        more = {"limit": min(PAGE, limit - len(found)), **({"cursor": cursor} if cursor else {})}
        response = await client.get("/events", params={**query, **more})
        if response.is_error:
            raise Refused(problem_of(response))
        page = response.json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    return found


async def _live(looking: Looking, server: str, token: str) -> AsyncIterator[dict[str, Any]]:
    from websockets.asyncio.client import connect
    from websockets.exceptions import ConnectionClosed
    from websockets.typing import Subprotocol

    address = "ws" + server.removeprefix("http") + "/stream"
    protocols = [Subprotocol("entourage.v1"), Subprotocol(f"bearer.{token}")]
    async with connect(address, subprotocols=protocols, max_size=None) as socket:
        await socket.send(json.dumps({"action": "subscribe", "filters": looking.filters()}))
        try:
            async for text in socket:
                message: dict[str, Any] = json.loads(text)
                match message["type"]:
                    case "event":
                        yield message["payload"]
                    case "error":
                        raise Refused(message["payload"].get("detail", "The server refused the filter."))
                    case "gap":
                        typer.echo(f"[some events were skipped: {message['payload']}]", err=True)
                    case _:
                        pass
        except ConnectionClosed as error:
            raise Refused(f"The server closed the stream: {error.reason or error.code}.") from None


def _print(event: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(event, ensure_ascii=False))
        return
    at = datetime.fromtimestamp(event["ts"] / 1000, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
    who = f"{event['source']}/{event['agent'] or '-'}"
    typer.echo(f"{event['seq']:>8} {at} {who:<28} {event['type']:<24} {_said(event['data'])}")


def _said(data: dict[str, Any]) -> str:
    """One line of what the event says."""
    text = data.get("summary") or data.get("text") or data.get("tool") or data.get("title") or ""
    return " ".join(str(text).split())[:120]
