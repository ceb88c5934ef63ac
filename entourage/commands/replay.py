"""`entourage replay`: a conversation as the event log tells it, without a server."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from decimal import Decimal

import typer
from sqlalchemy import text

from entourage.commands.setup import fail
from entourage.events.log import EventLog
from entourage.events.message import TextPart, ToolCallPart
from entourage.events.replay import line, replay_messages, session_events
from entourage.kit.ids import is_id
from entourage.settings import Settings
from entourage.stores.log import open_log_store
from entourage.stores.sql import EVERYONE, Database

VIEWS = ("chat", "events", "cost")


def run_replay(settings: Settings, session_id: str, view: str, email: str | None) -> int:
    """Print a view of the session; the exit code."""
    if not is_id(session_id):
        return fail(f"{session_id!r} is not a conversation's id.")
    if view not in VIEWS:
        return fail(f"There is no view {view!r}.", f"Views: {', '.join(VIEWS)}.")
    return asyncio.run(_replay(settings, session_id, view, email))


async def _replay(settings: Settings, session_id: str, view: str, email: str | None) -> int:
    database = Database(settings.database_url, settings.data_dir, pool_size=2)
    store = open_log_store(database)
    log = EventLog(store, lambda _: None, queue_events=1, wait_ms=0, batch_events=1)
    try:
        owner_id = await _owner(database, session_id, email)
        if owner_id is None:
            return fail(f"There are no events of {session_id} here.")
        await {"chat": _chat, "events": _events, "cost": _cost}[view](log, owner_id, session_id)
    finally:
        await store.close()
        await database.close()
    return 0


async def _owner(database: Database, session_id: str, email: str | None) -> str | None:
    query = "SELECT owner_id FROM events WHERE session_id = :session"
    if email:
        query += " AND owner_id IN (SELECT id FROM users WHERE email = :email)"
    async with database.read(EVERYONE) as session:
        found = await session.execute(text(query + " LIMIT 1"), {"session": session_id, "email": email})
        return found.scalar()


async def _chat(log: EventLog, owner_id: str, session_id: str) -> None:
    for message in await replay_messages(log, owner_id, session_id):
        typer.secho(f"\n{message.agent or 'you'}", bold=True)
        for part in message.parts:
            if isinstance(part, TextPart):
                typer.echo(part.text)
            elif isinstance(part, ToolCallPart):
                typer.secho(f"  [{part.status}] {part.tool} {part.args}"[:200], dim=True)
        if message.error:
            typer.secho(f"  {message.error.title}: {message.error.detail}", fg="red")


async def _events(log: EventLog, owner_id: str, session_id: str) -> None:
    async for event in session_events(log, owner_id, session_id):
        typer.echo(line(event))


async def _cost(log: EventLog, owner_id: str, session_id: str) -> None:
    tokens: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    costs: defaultdict[str, Decimal] = defaultdict(Decimal)
    async for event in session_events(log, owner_id, session_id):
        if event.type == "usage":
            data = event.read()
            key = f"{event.agent}  {data['model']}"
            for place, value in enumerate((1, data["input_tokens"], data["output_tokens"])):
                tokens[key][place] += value
            costs[key] += Decimal(data["cost_usd"] or 0)
    for key, (calls, sent, received) in sorted(tokens.items()):
        typer.echo(f"{key:<50} {calls:>4} calls {sent:>8} in {received:>8} out  ${costs[key]}")
