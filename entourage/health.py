"""`/health` (the process lives) and `/ready` (every engine answers, with its latency)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from entourage import __version__
from entourage.assembly import Stores
from entourage.kit.services import service

router = APIRouter(tags=["operation"])

PING_SECONDS = 5.0


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Engine(BaseModel):
    """How one engine answered."""

    ok: bool
    latency_ms: float
    error: str | None = None


class Ready(BaseModel):
    """Whether requests can be served."""

    ready: bool
    engines: dict[str, Engine]


@router.get("/health")
async def health() -> Health:
    """The process lives."""
    return Health()


@router.get("/ready", responses={503: {"model": Ready, "description": "An engine does not answer."}})
async def ready(stores: Annotated[Stores, service(Stores)], response: Response) -> Ready:
    """Each engine with its state and latency."""
    checks: dict[str, Callable[[], Awaitable[object]]] = {
        stores.database.dialect: stores.database.ping,
        "log": lambda: stores.log.head("ready"),
        "cache": stores.cache.ping,
        "blobs": stores.blobs.ping,
    }
    results = await asyncio.gather(*(_ping(check) for check in checks.values()))
    engines = dict(zip(checks, results, strict=True))
    all_ok = all(engine.ok for engine in results)
    response.status_code = 200 if all_ok else 503
    return Ready(ready=all_ok, engines=engines)


async def _ping(check: Callable[[], Awaitable[object]]) -> Engine:
    started = time.monotonic()
    try:
        async with asyncio.timeout(PING_SECONDS):
            await check()
    except Exception as error:  # whatever it was, the engine is not ready
        return Engine(ok=False, latency_ms=_ms(started), error=type(error).__name__)
    return Engine(ok=True, latency_ms=_ms(started))


def _ms(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 2)
