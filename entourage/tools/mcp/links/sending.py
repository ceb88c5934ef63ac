"""One request over the wire, with its failures in the words of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.tools.mcp.links.errors import LinkLost, NotConnected
from entourage.wire.failures import CannotConnect, WireFailed

if TYPE_CHECKING:
    from entourage.tools.mcp.links.endpoint import Endpoint
    from entourage.wire.client import Wire
    from entourage.wire.reply import Reply


async def sent(wire: Wire, endpoint: Endpoint, request: bytes, *, may_repeat: bool = True) -> Reply:
    """The answer of the endpoint. Raises NotConnected when nothing was sent, LinkLost when nobody knows."""
    try:
        return await wire.ask(endpoint.origin, request, "events", may_repeat=may_repeat)
    except CannotConnect as error:
        raise NotConnected(str(error)) from error
    except WireFailed as error:
        raise LinkLost(str(error)) from error
