"""Who is at the other end of a WebSocket."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.websockets import WebSocket

from entourage.accounts.identity import Identities
from entourage.accounts.standing import Standings
from entourage.kit.errors import Forbidden, Unauthorized
from tests.accounts.conftest import House, Person


def socket(subprotocols: tuple[str, ...] = (), authorization: str | None = None) -> WebSocket:
    headers = [(b"authorization", authorization.encode())] if authorization else []
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/stream",
        "headers": headers,
        "subprotocols": list(subprotocols),
    }

    async def nothing(*_: Any) -> Any:
        raise AssertionError("not used")

    return WebSocket(scope, nothing, nothing)


async def test_a_token_comes_as_subprotocol_or_header(house: House, ana: Person) -> None:
    identities, token = house.services.get(Identities), ana.tokens["access_token"]
    by_protocol = await identities.of_socket(socket(("entourage.v1", f"bearer.{token}")))
    by_header = await identities.of_socket(socket(("entourage.v1",), f"Bearer {token}"))
    by_key = await identities.of_socket(socket((f"bearer.{await house.key(ana, 'read')}",)))
    assert {by_protocol.user_id, by_header.user_id, by_key.user_id} == {ana.id}
    assert by_protocol.expires_at is not None
    assert by_protocol.db_filter == {"owner_id": ana.id}


async def test_bad_tokens_are_refused(house: House, ana: Person) -> None:
    identities = house.services.get(Identities)
    for bad in (
        socket(),
        socket(("entourage.v1",)),
        socket(("bearer.",)),
        socket(("bearer.x",)),
        socket((), "Basic x"),
    ):
        with pytest.raises(Unauthorized):
            await identities.of_socket(bad)
    with pytest.raises(Forbidden):
        await identities.of_socket(socket((f"bearer.{await house.key(ana, 'ingest')}",)))


async def test_roles_come_from_workspaces_and_change_when_told(house: House, ana: Person) -> None:
    roles = {"w1": "editor"}

    async def source(_user_id: str) -> dict[str, str]:
        return dict(roles)

    standings, identities = house.services.get(Standings), house.services.get(Identities)
    standings.take_roles_from(source)
    await standings.forget_person(ana.id)
    token = ana.tokens["access_token"]
    assert (await identities.of_token(token)).roles == {"w1": "editor"}
    roles["w1"] = "viewer"
    await standings.forget_person(ana.id)
    assert (await identities.of_token(token)).roles == {"w1": "viewer"}
