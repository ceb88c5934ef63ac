"""The doors under `/e2b`, an application of its own: E2B's clients send bodies and expect refusals of another kind."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entourage.accounts.identity import Identities, Identity, bearer_token
from entourage.accounts.limits import RequestLimits, client_address
from entourage.accounts.strangers import Strangers
from entourage.kit.errors import NotFound, Problem, TooMany, Unauthorized
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.sandboxes.e2b import transfer
from entourage.sandboxes.e2b.code import Code
from entourage.sandboxes.e2b.commands import Commands
from entourage.sandboxes.e2b.control import Control
from entourage.sandboxes.e2b.filesystem import Filesystem
from entourage.sandboxes.e2b.paths import PREFIX, SIGNED_FILES
from entourage.sandboxes.e2b.refusals import Gone, connect_refusal, refusal
from entourage.sandboxes.e2b.running import Processes
from entourage.sandboxes.e2b.snapshots import SnapshotDoors
from entourage.sandboxes.e2b.tokens import Operation, Place, Signed, Tokens
from entourage.sandboxes.e2b.watching import Watches
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.live.base import Live
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.snapshots.service import Snapshots

_ROOMS = frozenset(
    {
        "sandboxes",
        "snapshots",
        "templates",
        "v2",
        "files",
        "execute",
        "contexts",
        "health",
        "process.Process",
        "filesystem.Filesystem",
    }
)

_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"})

ControlDoor: TypeAlias = Callable[[str, Request], Awaitable[Response]]
DataDoor: TypeAlias = Callable[[Live, Request], Awaitable[Response]]
Refuse: TypeAlias = Callable[[Problem], Response]


class E2b:
    """What the doors share; `app` is the ASGI application."""

    def __init__(self, services: Services) -> None:
        self._identities = services.get(Identities)
        self._limits = services.get(RequestLimits)
        self._strangers = services.get(Strangers)
        self._sandboxes = services.get(Sandboxes)
        self._tokens = Tokens()
        self._processes = Processes()
        self._watches = Watches()
        interpreters = services.get(Interpreters)
        self._control = Control(self._sandboxes, services.get(Snapshots), self._tokens, interpreters.prepare)
        self._snapshots = SnapshotDoors(services.get(Snapshots))
        self._commands = Commands(self._processes)
        self._filesystem = Filesystem(self._watches)
        self._code = Code(interpreters)
        self.app: ASGIApp = Starlette(routes=[*self._control_routes(), *self._data_routes()])

    async def close(self) -> None:
        """End what goes on in the background."""
        await self._code.close()
        await self._watches.close()
        await self._processes.close()

    def _control_routes(self) -> list[Route]:
        control, one = self._control, "/sandboxes/{sandbox_id}"
        doors: list[tuple[str, str, ControlDoor]] = [
            ("GET", "/sandboxes/metrics", control.all_metrics),
            ("POST", "/sandboxes", control.create),
            ("GET", "/sandboxes", control.list),
            ("GET", one, control.show),
            ("DELETE", one, control.kill),
            ("POST", f"{one}/connect", control.connect),
            ("POST", f"{one}/resume", control.resume),
            ("POST", f"{one}/pause", control.pause),
            ("POST", f"{one}/timeout", control.set_timeout),
            ("POST", f"{one}/refreshes", control.set_timeout),
            ("PUT", f"{one}/network", control.set_network),
            ("GET", f"{one}/metrics", control.metrics),
            ("GET", f"{one}/logs", control.logs),
            ("POST", f"{one}/snapshots", self._snapshots.take),
            ("GET", "/snapshots", self._snapshots.list),
            ("DELETE", "/templates/{template_id}", self._snapshots.remove),
            ("POST", f"{one}/fork", control.refuse),
        ]
        return [
            Route(PREFIX + version + path, self._for_person(door), methods=[method])
            for version in ("", "/v2")
            for method, path, door in doors
        ]

    def _data_routes(self) -> list[Route]:
        files, commands, code = self._filesystem, self._commands, self._code
        calls: dict[str, DataDoor] = {
            **{f"process.Process/{name}": door for name, door in _process_calls(commands).items()},
            **{f"filesystem.Filesystem/{name}": door for name, door in _filesystem_calls(files).items()},
        }
        plain: list[tuple[str, str, DataDoor]] = [
            ("GET", "/health", _healthy),
            ("POST", "/execute", code.execute),
            ("GET", "/contexts", code.list),
            ("POST", "/contexts", code.create),
            ("DELETE", "/contexts/{context_id}", code.remove),
            ("POST", "/contexts/{context_id}/restart", code.restart),
        ]
        return [
            *(
                Route(f"{PREFIX}/{path}", self._in_sandbox(door, connect_refusal), methods=["POST"])
                for path, door in calls.items()
            ),
            *(Route(PREFIX + path, self._in_sandbox(door, refusal), methods=[method]) for method, path, door in plain),
            *(Route(path, self._files, methods=["GET", "POST"]) for path in (f"{PREFIX}/files", SIGNED_FILES)),
        ]

    def _for_person(self, door: ControlDoor) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                identity = await self._person(request)
                return await door(identity.user_id, request)
            except Problem as problem:
                return refusal(problem)

        return answer

    def _in_sandbox(self, door: DataDoor, refuse: Refuse) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await door(await self._live(request), request)
            except Problem as problem:
                return refuse(problem)

        return answer

    async def _files(self, request: Request) -> Response:
        """A file in or out: for who has the sandbox's token, or an address that was signed with it."""
        try:
            live = await (self._signed(request) if "signature" in request.query_params else self._live(request))
            path = request.query_params.get("path")
            if request.method == "POST":
                return await transfer.upload(live, request, path)
            return await transfer.download(live, path or "")
        except Problem as problem:
            return refusal(problem)

    async def _person(self, request: Request) -> Identity:
        """Whose key it is. Raises Unauthorized, Forbidden, TooMany."""
        address = client_address(request.scope)
        self._strangers.check(address)
        try:
            identity = await self._identities.of_token(
                request.headers.get("x-api-key") or bearer_token(request.headers) or ""
            )
        except Unauthorized:
            self._strangers.note(address)
            raise
        identity.require("read" if request.method == "GET" else "write")
        verdict = await self._limits.hit("sandboxes", identity.user_id)
        if not verdict.allowed:
            raise TooMany(f"More than {verdict.limit} requests a minute.", retry_after_seconds=verdict.reset_seconds)
        return identity

    async def _live(self, request: Request) -> Live:
        """The sandbox that is named and whose token is sent. Raises Unauthorized, Gone."""
        headers = request.headers
        token = headers.get("x-access-token") or headers.get("e2b-traffic-access-token")
        place = self._tokens.check(token, headers.get("e2b-sandbox-id", ""))
        return await self._running(place.owner_id, place.sandbox_id)

    async def _signed(self, request: Request) -> Live:
        asked = request.query_params
        operation: Operation = "read" if request.method == "GET" else "write"
        ends = asked.get("signature_expiration")
        if ends is not None and not (ends.isascii() and ends.isdigit()):
            raise Unauthorized("The signature's expiration is no number.")
        signed = Signed(asked.get("path", ""), operation, asked.get("username", ""), int(ends) if ends else None)
        places = [Place(owner_id, sandbox_id) for owner_id, sandbox_id in self._sandboxes.running()]
        place = self._tokens.signed(asked["signature"], signed, places)
        return await self._running(place.owner_id, place.sandbox_id)

    async def _running(self, owner_id: str, sandbox_id: str) -> Live:
        try:
            held = await self._sandboxes.held(owner_id, sandbox_id)
        except NotFound:
            raise Gone(sandbox_id) from None
        if held.paused or held.live.ended.is_set():
            raise Gone(sandbox_id)
        return held.live


class E2bFront:
    """ASGI, before the application: what is E2B's goes to its doors, once they are there."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_ours(scope):
            await self._services.get(E2b).app(scope, receive, _secured(scope, send, self._services.get(Telemetry)))
        else:
            await self._app(scope, receive, send)


def _template(path: str) -> str:
    """The room of a door, as metrics name it: there are few, whatever is asked for."""
    room = path.removeprefix(PREFIX).strip("/").partition("/")[0]
    return f"{PREFIX}/{room}" if room in _ROOMS else PREFIX


def _is_ours(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.startswith(f"{PREFIX}/") or (path == SIGNED_FILES and b"signature=" in scope["query_string"])


def _process_calls(commands: Commands) -> dict[str, DataDoor]:
    return {
        "List": commands.list,
        "Start": commands.start,
        "Connect": commands.connect,
        "SendInput": commands.send_input,
        "StreamInput": commands.stream_input,
        "CloseStdin": commands.close_stdin,
        "SendSignal": commands.send_signal,
        "Update": commands.update,
    }


def _filesystem_calls(files: Filesystem) -> dict[str, DataDoor]:
    return {
        "Stat": files.stat,
        "ListDir": files.list_dir,
        "MakeDir": files.make_dir,
        "Move": files.move,
        "Remove": files.remove,
        "WatchDir": files.watch_dir,
        "CreateWatcher": files.create_watcher,
        "GetWatcherEvents": files.get_watcher_events,
        "RemoveWatcher": files.remove_watcher,
    }


async def _healthy(_live: Live, _request: Request) -> Response:
    return Response(status_code=204)


def _secured(scope: Scope, send: Send, telemetry: Telemetry) -> Send:
    """What a sandbox holds may be a page: a browser must not run it as one of ours. Answers are told to the metrics."""
    began = time.perf_counter()

    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            telemetry.http(method, _template(scope["path"]), message["status"], time.perf_counter() - began)
            headers = MutableHeaders(scope=message)
            headers.setdefault("x-content-type-options", "nosniff")
            headers.setdefault("referrer-policy", "no-referrer")
            headers.setdefault("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return secured
