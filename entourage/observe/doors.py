"""The ingest doors: one lookup, one decode, one encode, one shared commit, and no task where nothing is waited for."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from entourage.accounts.strangers import Strangers
from entourage.kit.errors import Problem, TooLarge, Unauthorized
from entourage.kit.exchange import Door, Exchange
from entourage.kit.services import Services
from entourage.observe.callers import Caller, Callers
from entourage.observe.ingest import MAX_LINES, Ingest, Taken
from entourage.observe.otlp.door import take_otlp
from entourage.observe.otlp.payload import MAX_BYTES as MAX_OTLP_BYTES
from entourage.observe.parse import MAX_BODY_BYTES
from entourage.observe.posted import Sender, check_app
from entourage.observe.refusals import Refused, not_yours, wrong_type
from entourage.observe.requests import IngestRequest, refuse
from entourage.settings import Settings

Work: TypeAlias = Coroutine[Any, Any, None] | None
Take: TypeAlias = Callable[[IngestRequest, Sender, Ingest], Work]

HOOKS = "/hooks/"
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


class IngestDoor:
    """Implements `Door`: who sends is found, then the body is taken."""

    def __init__(self, template: str, max_body_bytes: int, take: Take, services: Services, settings: Settings) -> None:
        self.template = template
        self.max_body_bytes = max_body_bytes
        self._take = take
        self._services = services
        self._origins = frozenset(settings.cors_origins)

    def serve(self, exchange: Exchange) -> Work:
        """Answer at once, or when the events are in the log."""
        request = IngestRequest(exchange)
        try:
            request.check_origin(self._origins)
            token = request.token
            caller = self._services.get(Callers).known(token)
            if caller is None:
                return self._guarded(self._introduced(request, token, exchange.client), request)
            work = self._taken(request, caller)
        except Problem as problem:
            request.refuse(problem)
            return None
        return self._guarded(work, request) if work else None

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """A problem document."""
        refuse(exchange, _too_large(self.max_body_bytes) if isinstance(problem, TooLarge) else problem)

    def _taken(self, request: IngestRequest, caller: Caller) -> Work:
        sender = Sender(caller.owner_id, caller.app or _named_app(request), is_fixed=caller.app is not None)
        return self._take(request, sender, self._services.get(Ingest))

    async def _introduced(self, request: IngestRequest, token: str, address: str) -> None:
        strangers = self._services.get(Strangers)
        strangers.check(address)
        try:
            caller = await self._services.get(Callers).of_token(token)
        except Unauthorized:
            strangers.note(address)
            raise
        if work := self._taken(request, caller):
            await work

    @staticmethod
    async def _guarded(work: Coroutine[Any, Any, None], request: IngestRequest) -> None:
        try:
            await work
        except Problem as problem:
            request.refuse(problem)


class IngestDoors:
    """The doors by their paths."""

    def __init__(self, services: Services, settings: Settings) -> None:
        def door(template: str, max_body_bytes: int, take: Take) -> IngestDoor:
            return IngestDoor(template, max_body_bytes, take, services, settings)

        self._hook = door("/hooks/{app}", MAX_BODY_BYTES, _hook)
        self._doors = {
            "/events": door("/events", MAX_BODY_BYTES, _event),
            "/events/batch": door("/events/batch", MAX_BATCH_BYTES, _batch),
            "/v1/logs": door("/v1/logs", MAX_OTLP_BYTES, take_otlp),
            "/v1/metrics": door("/v1/metrics", MAX_OTLP_BYTES, take_otlp),
            "/v1/traces": door("/v1/traces", MAX_OTLP_BYTES, take_otlp),
        }

    def find(self, method: str, path: str) -> Door | None:
        """The door of a path."""
        if method != "POST":
            return None
        if path.startswith(HOOKS):
            return self._hook if len(path) > len(HOOKS) and "/" not in path[len(HOOKS) :] else None
        return self._doors.get(path)


def _too_large(limit_bytes: int) -> Refused:
    return Refused(TooLarge, "too_large", f"The body is larger than {limit_bytes} bytes.")


def _named_app(request: IngestRequest) -> str | None:
    named = request.header(b"x-entourage-app")
    return check_app(named) if named else None


def _hook(request: IngestRequest, sender: Sender, ingest: Ingest) -> Work:
    app = request.path[len(HOOKS) :]
    if sender.is_fixed and app != sender.app:
        raise not_yours(f"This key is for {sender.app!r}, not for {app[:80]!r}.")

    def told(answer: dict[str, Any], taken: Taken) -> None:
        seq = str(taken.seq).encode()
        request.json(200, answer, (b"x-entourage-id", taken.id.encode()), (b"x-entourage-seq", seq))

    return ingest.hook(sender, app, request.json_body(), told, request.refuse)


def _event(request: IngestRequest, sender: Sender, ingest: Ingest) -> Work:
    def told(taken: Taken) -> None:
        request.answer(202, b'{"id":"%b","seq":%d,"duplicate":%b}' % _wire(taken))

    return ingest.event(sender, request.json_body(), told, request.refuse)


def _wire(taken: Taken) -> tuple[bytes, int, bytes]:
    return taken.id.encode(), taken.seq, b"true" if taken.is_duplicate else b"false"


async def _batch(request: IngestRequest, sender: Sender, ingest: Ingest) -> None:
    if request.kind not in BATCH_TYPES:
        raise wrong_type(f"A batch is application/x-ndjson, not {request.kind[:80] or 'nothing'!r}.")
    request.check_encoding()
    lines = request.body.split(b"\n")
    if len(lines) > MAX_LINES + 1:  # one more: the last line may end with a line break
        raise Refused(TooLarge, "too_large", f"A batch has at most {MAX_LINES} lines.")
    result = await ingest.batch(sender, lines)
    request.json(200, result._asdict())
