"""The ingest doors as plain ASGI, outside FastAPI: one lookup, one decode, one encode, one shared commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from entourage.kit.errors import Problem, TooLarge, UnsupportedMedia
from entourage.kit.problems import is_json
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.observe.callers import Callers
from entourage.observe.ingest import MAX_LINES, Ingest
from entourage.observe.otlp.door import take_otlp
from entourage.observe.parse import MAX_BODY_BYTES
from entourage.observe.posted import Sender, check_app
from entourage.observe.refusals import Refused, not_yours, wrong_type
from entourage.observe.requests import Gone, IngestRequest, failed
from entourage.settings import Settings

logger = structlog.get_logger(__name__)

Door: TypeAlias = Callable[[IngestRequest, Sender, Services], Awaitable[None]]

HOOKS = "/hooks/"
HOOKS_TEMPLATE = "/hooks/{app}"
MAX_BATCH_BYTES = 8 * 1024 * 1024
BATCH_TYPES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
    }
)


class IngestDoors:
    """ASGI, before the whole application: it answers the ingest doors itself and lets everything else through."""

    def __init__(self, app: ASGIApp, services: Services, settings: Settings) -> None:
        self._app = app
        self._services = services
        self._origins = frozenset(settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            path: str = scope["path"]
            template = path if path in DOORS else _hook_template(path)
            if template:
                request = IngestRequest(scope, receive, send)
                await self._serve(DOORS[template], request)
                if request.status:
                    self._services.get(Telemetry).http("POST", template, request.status, request.seconds)
                return
        await self._app(scope, receive, send)

    async def _serve(self, door: Door, request: IngestRequest) -> None:
        try:
            await self._answer(door, request)
        except Gone:
            return

    async def _answer(self, door: Door, request: IngestRequest) -> None:
        services = self._services
        try:
            request.check_origin(self._origins)
            caller = await services.get(Callers).of_token(request.token)
            sender = Sender(caller.owner_id, caller.app or _named_app(request), is_fixed=caller.app is not None)
            await door(request, sender, services)
        except Problem as problem:
            await request.refuse(problem)
        except Gone:
            raise
        except Exception:  # whatever it was, the client gets an id and the log has the rest
            logger.exception("ingest.failed", path=request.path, request_id=request.request_id.decode())
            await request.refuse(failed(request.request_id))


def _named_app(request: IngestRequest) -> str | None:
    named = request.header(b"x-entourage-app")
    return check_app(named) if named else None


def _hook_template(path: str) -> str | None:
    return (
        HOOKS_TEMPLATE if path.startswith(HOOKS) and len(path) > len(HOOKS) and "/" not in path[len(HOOKS) :] else None
    )


async def _hook(request: IngestRequest, sender: Sender, services: Services) -> None:
    app = request.path[len(HOOKS) :]
    if sender.is_fixed and app != sender.app:
        raise not_yours(f"This key is for {sender.app!r}, not for {app[:80]!r}.")
    body = await _json_body(request)
    told, taken = await services.get(Ingest).hook(sender, app, body)
    seq = str(taken.seq).encode()
    await request.json(200, told, (b"x-entourage-id", taken.id.encode()), (b"x-entourage-seq", seq))


async def _event(request: IngestRequest, sender: Sender, services: Services) -> None:
    body = await _json_body(request)
    taken = await services.get(Ingest).event(sender, body)
    await request.json(202, {"id": taken.id, "seq": taken.seq, "duplicate": taken.is_duplicate})


async def _batch(request: IngestRequest, sender: Sender, services: Services) -> None:
    if request.kind not in BATCH_TYPES:
        raise wrong_type(f"A batch is application/x-ndjson, not {request.kind[:80] or 'nothing'!r}.")
    _check_encoding(request)
    lines = (await request.body(MAX_BATCH_BYTES)).split(b"\n")
    if len(lines) > MAX_LINES + 1:  # one more: the last line may end with a line break
        raise Refused(TooLarge, "too_large", f"A batch has at most {MAX_LINES} lines.")
    result = await services.get(Ingest).batch(sender, lines)
    await request.json(200, result._asdict())


async def _json_body(request: IngestRequest) -> bytes:
    if not is_json(request.kind):
        raise wrong_type(f"This door takes application/json, not {request.kind[:80] or 'nothing'!r}.")
    _check_encoding(request)
    return await request.body(MAX_BODY_BYTES)


def _check_encoding(request: IngestRequest) -> None:
    if request.header(b"content-encoding").lower() not in {"", "identity"}:
        raise Refused(UnsupportedMedia, "content_encoding", "Compressed bodies are not taken here.")


DOORS: dict[str, Door] = {
    HOOKS_TEMPLATE: _hook,
    "/events": _event,
    "/events/batch": _batch,
    "/v1/logs": take_otlp,
    "/v1/metrics": take_otlp,
    "/v1/traces": take_otlp,
}
