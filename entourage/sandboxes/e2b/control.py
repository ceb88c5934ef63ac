"""E2B's control API: sandboxes made, found, listed, kept and ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from entourage.kit.errors import Conflict, Invalid, NotFound
from entourage.kit.ids import is_id
from entourage.sandboxes.e2b.connect import body
from entourage.sandboxes.e2b.refusals import NoSuchMethod
from entourage.sandboxes.e2b.tokens import Place, Tokens
from entourage.sandboxes.held import Held, NewSandbox
from entourage.sandboxes.live.base import Live
from entourage.sandboxes.schemas import LONGEST_SECONDS
from entourage.sandboxes.service import Sandboxes
from entourage.sandboxes.snapshots.service import Snapshots
from entourage.sandboxes.types import MIB

ENVD_VERSION = "0.6.1"
"""Which envd our data doors are like: the SDKs ask no more of it than that one could."""

TEMPLATES = ("base", "code-interpreter-v1", "code-interpreter-beta", "code-interpreter")
TEMPLATE_LABEL = "e2b.template"
DEFAULT_SECONDS = 300
MOST_LISTED = 100
_MOST_TEXTS = 200
_CLIENT_ID = "entourage"


class Control:
    """Answers one door each for the person whose key it was. `prepare` is told of sandboxes that are made for code."""

    def __init__(
        self, sandboxes: Sandboxes, snapshots: Snapshots, tokens: Tokens, prepare: Callable[[Live], None]
    ) -> None:
        self._sandboxes = sandboxes
        self._snapshots = snapshots
        self._prepare = prepare
        self._tokens = tokens

    async def create(self, owner_id: str, request: Request) -> Response:
        """A new sandbox with an empty home, or with the files of a snapshot."""
        asked = await body(request)
        template = str(asked.get("templateID") or TEMPLATES[0])
        if template not in TEMPLATES and not is_id(template):
            raise NotFound(f"There is no template {template[:100]!r}.", hint=f"There are: {', '.join(TEMPLATES)}.")
        new = NewSandbox(
            timeout_seconds=_seconds(asked.get("timeout", DEFAULT_SECONDS)),
            renewed_by_use=False,
            on_expiry="pause" if asked.get("autoPause") is True else "kill",
            env=_texts(asked.get("envVars"), "envVars"),
            metadata={**_texts(asked.get("metadata"), "metadata"), TEMPLATE_LABEL: template},
            network=_network(asked) or (),
            writable_root=True,
        )
        if template in TEMPLATES:
            live = await self._sandboxes.create(owner_id, new)
        else:
            live = await self._snapshots.begin(owner_id, template, new)
        if template != TEMPLATES[0]:
            self._prepare(live)
        return JSONResponse(self._opened(await self._held(owner_id, live.id)), 201)

    async def connect(self, owner_id: str, request: Request) -> Response:
        """A sandbox to go on with, resumed if it was paused; it stays at least as long as is asked."""
        asked, held = await body(request), await self._held(owner_id, _id(request))
        seconds = _seconds(asked.get("timeout", DEFAULT_SECONDS))
        was_paused = held.paused
        if was_paused:
            await self._sandboxes.resume(owner_id, held.id)
        if was_paused or held.expires_ms < _now_ms() + 1000 * seconds:
            await self._sandboxes.set_timeout(owner_id, held.id, seconds)
        return JSONResponse(self._opened(held), 201 if was_paused else 200)

    async def resume(self, owner_id: str, request: Request) -> Response:
        """A paused one goes on."""
        held = await self._held(owner_id, _id(request))
        if not held.paused:
            raise Conflict(f"The sandbox {held.id} is not paused.")
        return await self.connect(owner_id, request)

    async def show(self, owner_id: str, request: Request) -> Response:
        """All about one."""
        held = await self._held(owner_id, _id(request))
        token = self._tokens.token(Place(owner_id, held.id))
        more = {"envdAccessToken": token, "domain": None, "allowInternetAccess": "*" in held.live.allow}
        lifecycle = {"autoResume": False, "onTimeout": held.new.on_expiry}
        return JSONResponse(
            {**_listed(held), **more, "network": {"allowOut": list(held.live.allow)}, "lifecycle": lifecycle}
        )

    async def list(self, owner_id: str, request: Request) -> Response:
        """A page of one's own, newest first; the next page's token is in a header."""
        asked = request.query_params
        helds = [held for held in self._mine(owner_id) if _fits(held, asked)]
        helds.sort(key=lambda held: held.id, reverse=asked.get("order") != "asc")
        start, limit = _number(asked.get("nextToken"), 0), min(_number(asked.get("limit"), MOST_LISTED), MOST_LISTED)
        page = helds[start : start + max(limit, 1)]
        more = {"x-next-token": str(start + len(page))} if start + len(page) < len(helds) else {}
        return JSONResponse([_listed(held) for held in page], headers=more)

    async def kill(self, owner_id: str, request: Request) -> Response:
        """End one."""
        await self._sandboxes.kill(owner_id, _id(request))
        return Response(status_code=204)

    async def pause(self, owner_id: str, request: Request) -> Response:
        """Stop one where it is."""
        await self._sandboxes.pause(owner_id, _id(request))
        return Response(status_code=204)

    async def set_timeout(self, owner_id: str, request: Request) -> Response:
        """Have one stay so long from now on."""
        asked = await body(request)
        await self._sandboxes.set_timeout(owner_id, _id(request), _seconds(asked.get("timeout", asked.get("duration"))))
        return Response(status_code=204)

    async def set_network(self, owner_id: str, request: Request) -> Response:
        """Which hosts one may reach."""
        asked = await body(request)
        sandbox_id, allow = _id(request), _network({"network": asked, **asked})
        await self._sandboxes.set_network(owner_id, sandbox_id, list(allow or ()))
        return Response(status_code=204)

    async def metrics(self, owner_id: str, request: Request) -> Response:
        """What one uses now: a single sample."""
        held = await self._held(owner_id, _id(request))
        return JSONResponse([await self._sample(held)])

    async def all_metrics(self, owner_id: str, request: Request) -> Response:
        """What some of them use now."""
        wanted = set(request.query_params.get("sandbox_ids", "").split(","))
        helds = [held for held in self._mine(owner_id) if held.id in wanted]
        return JSONResponse({"sandboxes": {held.id: await self._sample(held) for held in helds}})

    async def logs(self, owner_id: str, request: Request) -> Response:
        """Nothing is logged for a sandbox: what its programs print goes to who started them."""
        await self._held(owner_id, _id(request))
        return JSONResponse({"logs": [], "logEntries": []})

    async def refuse(self, owner_id: str, request: Request) -> Response:
        """A fork takes the programs along, which wants a virtual machine."""
        await self._held(owner_id, _id(request))
        raise NoSuchMethod(
            "Forks are not made here.", hint="Take a snapshot, and make a sandbox of it: it has the files."
        )

    async def _held(self, owner_id: str, sandbox_id: str) -> Held:
        return await self._sandboxes.held(owner_id, sandbox_id)

    def _mine(self, owner_id: str) -> Sequence[Held]:
        ids = [sandbox_id for owner, sandbox_id in self._sandboxes.running() if owner == owner_id]
        return [held for held in map(self._sandboxes.current, ids) if held and TEMPLATE_LABEL in held.new.metadata]

    def _opened(self, held: Held) -> dict[str, Any]:
        """`Sandbox`: with what opens its data doors."""
        token = self._tokens.token(Place(held.owner_id, held.id))
        return {
            "sandboxID": held.id,
            "templateID": held.new.metadata.get(TEMPLATE_LABEL, TEMPLATES[0]),
            "clientID": _CLIENT_ID,
            "envdVersion": ENVD_VERSION,
            "envdAccessToken": token,
            "trafficAccessToken": token,
            "domain": None,
        }

    async def _sample(self, held: Held) -> dict[str, Any]:
        used = await held.live.metrics()
        now = datetime.now(UTC)
        return {
            "timestamp": _rfc3339(now),
            "timestampUnix": int(now.timestamp()),
            "cpuCount": _cpus(held),
            "cpuUsedPct": round(used.cpu_percent / _cpus(held), 2),
            "memUsed": used.memory_bytes,
            "memTotal": used.memory_limit_bytes,
            "memCache": 0,
            "diskUsed": used.disk_bytes,
            "diskTotal": used.disk_limit_bytes,
        }


def _listed(held: Held) -> dict[str, Any]:
    return {
        "sandboxID": held.id,
        "templateID": held.new.metadata.get(TEMPLATE_LABEL, TEMPLATES[0]),
        "alias": held.new.metadata.get(TEMPLATE_LABEL, TEMPLATES[0]),
        "clientID": _CLIENT_ID,
        "startedAt": _rfc3339(datetime.fromtimestamp(held.created_ms / 1000, UTC)),
        "endAt": _rfc3339(datetime.fromtimestamp(held.expires_ms / 1000, UTC)),
        "cpuCount": _cpus(held),
        "memoryMB": held.live.limits.memory_bytes // MIB,
        "diskSizeMB": held.live.limits.file_bytes // MIB,
        "state": "paused" if held.paused else "running",
        "envdVersion": ENVD_VERSION,
        "metadata": {name: value for name, value in held.new.metadata.items() if name != TEMPLATE_LABEL},
    }


def _fits(held: Held, asked: Mapping[str, str]) -> bool:
    """Whether a list's filters let it through. Metadata comes as a query within the query, each part quoted twice."""
    states = {state for state in asked.get("state", "").split(",") if state}
    if states and ("paused" if held.paused else "running") not in states:
        return False
    wanted = {unquote(name): unquote(value) for name, value in parse_qsl(asked.get("metadata", ""))}
    return all(held.new.metadata.get(name) == value for name, value in wanted.items())


def _network(asked: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The hosts that are let through. Nothing is, unless it is asked for: `allowInternetAccess` true is every host."""
    network = asked.get("network")
    given: Any = cast("dict[str, Any]", network).get("allowOut") if isinstance(network, dict) else None
    if asked.get("allowInternetAccess") is False:
        return ()
    if isinstance(given, list) and given:
        hosts = cast("list[Any]", given)
        if len(hosts) > _MOST_TEXTS or not all(isinstance(host, str) for host in hosts):
            raise Invalid(f"allowOut must be at most {_MOST_TEXTS} texts.")
        return tuple("*" if host == "0.0.0.0/0" else host for host in hosts)
    return ("*",) if asked.get("allowInternetAccess") is True else None


def _texts(raw: object, name: str) -> dict[str, str]:
    """An object of texts. Raises Invalid."""
    texts = cast("dict[str, Any]", raw or {})
    if (
        not isinstance(raw or {}, dict)
        or len(texts) > _MOST_TEXTS
        or not all(isinstance(v, str) for v in texts.values())
    ):
        raise Invalid(f"{name} must be an object of at most {_MOST_TEXTS} texts.")
    return texts


def _seconds(raw: object) -> int:
    """Raises Invalid."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= LONGEST_SECONDS:
        raise Invalid(f"The timeout must be a number of seconds up to {LONGEST_SECONDS}, not {raw!r}.")
    return raw


def _id(request: Request) -> str:
    return str(request.path_params["sandbox_id"])


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def _cpus(held: Held) -> int:
    """Whole cores that it may keep busy."""
    return math.ceil(held.live.limits.cores)


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
