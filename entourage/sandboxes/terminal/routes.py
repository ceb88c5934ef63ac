"""`/my/terminals` and their sockets."""

from __future__ import annotations

from typing import Annotated

from fastapi import WebSocket

from entourage.accounts.identity import CurrentUser, Identities
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import Services, service
from entourage.sandboxes.terminal.schemas import NewTerminal, Record, Recorded, Terminal, TerminalList
from entourage.sandboxes.terminal.service import Terminals
from entourage.sandboxes.terminal.socket import TerminalSocket

router = Routes(tags=["terminals"])

TerminalsHere = Annotated[Terminals, service(Terminals)]


@router.get("/my/terminals", responses=problems(401, 422, 429))
async def list_terminals(user: CurrentUser, terminals: TerminalsHere) -> TerminalList:
    """Your terminals and those of your workspaces."""
    return TerminalList(items=await terminals.list(user.user_id))


@router.post("/my/terminals", status_code=201, responses=problems(401, 403, 404, 409, 422, 429, 503, 507))
async def open_terminal(asked: NewTerminal, user: CurrentUser, terminals: TerminalsHere) -> Terminal:
    """A shell or a command in a sandbox. Look at it through its socket."""
    return await terminals.open(user.user_id, asked)


@router.get("/my/terminals/{terminal_id}", responses=problems(401, 404, 422, 429))
async def get_terminal(terminal_id: Id, user: CurrentUser, terminals: TerminalsHere) -> Terminal:
    """One terminal."""
    return (await terminals.find(user.user_id, terminal_id))[0].shown()


@router.delete("/my/terminals/{terminal_id}", status_code=204, responses=problems(401, 403, 404, 422, 429))
async def close_terminal(terminal_id: Id, user: CurrentUser, terminals: TerminalsHere) -> None:
    """End it, with what runs in it."""
    await terminals.close(user.user_id, terminal_id)


@router.post("/my/terminals/{terminal_id}/record", responses=problems(401, 403, 404, 422, 429))
async def record_terminal(terminal_id: Id, on: Record, user: CurrentUser, terminals: TerminalsHere) -> Recorded:
    """Begin to record, or end; what was recorded becomes an artifact."""
    return await terminals.record(user.user_id, terminal_id, on=on.on)


@router.websocket("/my/terminals/{terminal_id}/socket")
async def terminal_socket(websocket: WebSocket) -> None:
    """Bytes of the terminal both ways; see docs/terminal.md."""
    services: Services = websocket.app.state.services
    terminal_id: str = websocket.path_params["terminal_id"]
    await TerminalSocket(websocket, services.get(Identities), services.get(Terminals)).serve(terminal_id.lower())
