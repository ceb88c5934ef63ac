"""What the two eras put into a request, and how a link finds out which one its server speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from entourage import __version__
from entourage.tools.mcp.links.errors import UNSUPPORTED_VERSION, McpError

if TYPE_CHECKING:
    from entourage.tools.mcp.links.call import Call
    from entourage.tools.mcp.links.link import Era, JsonObject

MODERN = ("2026-07-28",)
HANDSHAKES = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
NEWEST_MODERN, NEWEST_HANDSHAKE = MODERN[-1], HANDSHAKES[-1]

_OURS = "io.modelcontextprotocol/"
VERSION_KEY = f"{_OURS}protocolVersion"
CLIENT_KEY = f"{_OURS}clientInfo"
CAPABILITIES_KEY = f"{_OURS}clientCapabilities"
LOG_LEVEL_KEY = f"{_OURS}logLevel"
SERVER_KEY = f"{_OURS}serverInfo"
SUBSCRIPTION_KEY = f"{_OURS}subscriptionId"
_ENVELOPE = frozenset({VERSION_KEY, CLIENT_KEY, CAPABILITIES_KEY, LOG_LEVEL_KEY})

CLIENT: dict[str, Any] = {"name": "entourage", "title": "Entourage", "version": __version__}
ABLE: dict[str, Any] = {"elicitation": {"form": {}, "url": {}}, "sampling": {"tools": {}}, "roots": {}}
"""What is said once, in a handshake, for all who will stand behind a link: whoever cannot do it declines then."""


class Hello(msgspec.Struct, frozen=True):
    """What a server said of itself when the link was opened."""

    era: Era
    version: str
    server_info: JsonObject
    capabilities: JsonObject
    instructions: str | None

    def tells_of(self, kind: str, what: str = "listChanged") -> bool:
        """Whether it announces changes of `kind`: of the list, or with `what` "subscribe" of single resources."""
        return bool(_dict(self.capabilities.get(kind)).get(what))


def initialize_params() -> JsonObject:
    """What a handshake begins with."""
    return {"protocolVersion": NEWEST_HANDSHAKE, "capabilities": ABLE, "clientInfo": CLIENT}


def from_initialize(result: Mapping[str, Any]) -> Hello:
    """Raises McpError for a version nobody knows."""
    version = str(result.get("protocolVersion"))
    if version not in HANDSHAKES:
        raise McpError(UNSUPPORTED_VERSION, f"the server wants to speak {version!r}", {"supported": [*HANDSHAKES]})
    return _hello("legacy", version, result, _dict(result.get("serverInfo")))


def from_discover(result: Mapping[str, Any]) -> Hello | None:
    """None when the server names no modern version we know: then it wants a handshake."""
    supported = result.get("supportedVersions")
    mutual = [one for one in MODERN if isinstance(supported, list) and one in supported]
    if not mutual:
        return None
    info = _dict(result.get("serverInfo")) or _dict(_dict(result.get("_meta")).get(SERVER_KEY))
    return _hello("modern", mutual[-1], result, info)


def is_modern_only(error: McpError) -> bool:
    """Whether a refused `server/discover` tells of a server that speaks only modern versions unknown to us."""
    supported = _dict(error.data).get("supported")
    if error.code != UNSUPPORTED_VERSION or not isinstance(supported, list):
        return False
    return not any(one in HANDSHAKES or one in MODERN for one in cast("list[object]", supported))


def discover_params() -> JsonObject:
    return {"_meta": {VERSION_KEY: NEWEST_MODERN, CLIENT_KEY: CLIENT, CAPABILITIES_KEY: {}}}


def stamped(
    era: Era, version: str, params: Mapping[str, Any] | None, meta: Mapping[str, Any] | None, call: Call
) -> Mapping[str, Any] | None:
    """The params as the era wants them: with its envelope, and the token progress is told under."""
    if era == "legacy":
        added: dict[str, Any] = {key: value for key, value in meta.items() if key not in _ENVELOPE} if meta else {}
    else:
        added = {
            CLIENT_KEY: CLIENT,
            CAPABILITIES_KEY: call.ask.capabilities if call.ask else {},
            **(meta or {}),
            VERSION_KEY: version,
        }
        if call.log is not None:
            added.setdefault(LOG_LEVEL_KEY, "info")
    if call.progress is not None:
        added["progressToken"] = call.id
    else:
        added.pop("progressToken", None)
    if not added:
        return params
    return {**(params or {}), "_meta": added}


def _hello(era: Era, version: str, result: Mapping[str, Any], info: JsonObject) -> Hello:
    instructions = result.get("instructions")
    text = instructions if isinstance(instructions, str) else None
    return Hello(era, version, info, _dict(result.get("capabilities")), text)


def _dict(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
