"""What one would write in an afternoon, as a measure: FastAPI, pydantic, a commit per event, a queue per client.

It takes the requests of the load generator: `POST /events`, `POST /events/batch` and `WS /stream`.
Run as `python -m bench.baseline PORT FILE`.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field


class Event(BaseModel):
    session_id: str = Field(max_length=128)
    type: str
    source_app: str
    agent: str | None = None
    data: dict[str, Any] = {}


def make_app(path: str) -> FastAPI:
    app = FastAPI()
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(
        "CREATE TABLE events (seq INTEGER PRIMARY KEY, session_id TEXT, type TEXT, source TEXT, ts INTEGER, data TEXT)"
    )
    database.execute("CREATE INDEX by_session ON events (session_id, seq)")
    database.execute("CREATE INDEX by_type ON events (type, seq)")
    clients: set[asyncio.Queue[dict[str, Any]]] = set()

    def store(event: Event) -> int:
        now = time.time_ns() // 1_000_000
        row = (event.session_id, event.type, event.source_app, now, json.dumps(event.data))
        seq = database.execute(
            "INSERT INTO events (session_id, type, source, ts, data) VALUES (?, ?, ?, ?, ?)", row
        ).lastrowid
        assert seq is not None
        for queue in clients:
            queue.put_nowait({"seq": seq, "ts": now, **event.model_dump()})
        return seq

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/events", status_code=202)
    async def event(body: Event) -> dict[str, int]:
        return {"seq": store(body)}

    @app.post("/events/batch")
    async def batch(request: Request) -> dict[str, int]:
        lines = (await request.body()).splitlines()
        for line in lines:
            store(Event.model_validate_json(line))
        return {"accepted": len(lines)}

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept(subprotocol="entourage.v1")
        await socket.receive_text()
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        clients.add(queue)
        await socket.send_text('{"type":"subscribed"}')
        try:
            while True:
                await socket.send_json({"type": "event", "payload": await queue.get()})
        except WebSocketDisconnect:
            pass
        finally:
            clients.discard(queue)

    return app


if __name__ == "__main__":
    uvicorn.run(make_app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", backlog=4096)
