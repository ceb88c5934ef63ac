"""`/health` (the process lives) and `/ready` (every engine answers, with its latency)."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Response

from entourage import __version__
from entourage.kit.routing import Routes
from entourage.kit.schema import Schema
from entourage.kit.services import service
from entourage.telemetry.engines import Engine, Engines

router = Routes(tags=["operation"])


class Health(Schema):
    """The process lives."""

    status: Literal["ok"] = "ok"
    version: str = __version__


class Ready(Schema):
    """Whether requests can be served."""

    ready: bool
    engines: dict[str, Engine]


@router.get("/health")
async def health() -> Health:
    """The process lives."""
    return Health()


@router.get("/ready", responses={503: {"model": Ready, "description": "An engine does not answer."}})
async def ready(engines: Annotated[Engines, service(Engines)], response: Response) -> Ready:
    """Each engine with its state and latency."""
    answers = await engines.ask()
    is_ready = all(engine.ok for engine in answers.values())
    response.status_code = 200 if is_ready else 503
    return Ready(ready=is_ready, engines=answers)
