"""Servers, their state and their pins as one person is shown them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from entourage.tools.mcp.servers.entries import ENTRIES, Entry, command_of, url_of
from entourage.tools.mcp.servers.filling import names_in
from entourage.tools.mcp.servers.pins import SERVER
from entourage.tools.mcp.servers.schemas import (
    EntryNeed,
    EntryOut,
    Folder,
    LogLine,
    LogLines,
    OverrideIn,
    PinView,
    ReplicaStatus,
    ServerOut,
    Status,
)
from entourage.tools.mcp.servers.state import state_of

if TYPE_CHECKING:
    from pathlib import Path

    from entourage.tools.mcp.servers.backend import Backend
    from entourage.tools.mcp.servers.definition import Definition, Replica
    from entourage.tools.mcp.servers.seat import Seat
    from entourage.tools.mcp.servers.service import McpServers
    from entourage.tools.mcp.servers.tables import McpServerRow


def status_of(servers: McpServers, owner_id: str, definition: Definition, *, is_whole: bool) -> Status:
    """How the server is for this person. `is_whole`: commands and addresses are shown."""
    backend = servers.pool.known(definition.id, owner_id)
    hello = backend.hello if backend is not None and backend.is_running else None
    seats = backend.seats if backend is not None else []
    started = [seat.started_at for seat in seats if seat.started_at is not None]
    return Status(
        state=state_of(backend, is_accepted=servers.pins.accepts_server(definition.id)),
        era=hello.era if hello else None,
        protocol_version=hello.protocol_version if hello else None,
        server_info=hello.server_info if hello else None,
        pid=next((pid for seat in seats if (pid := _pid(seat)) is not None), None),
        replicas=[_replica(seat, is_whole=is_whole) for seat in seats],
        tools=len(servers.tools_of(owner_id, definition)),
        resources=_count(backend, "resources"),
        prompts=_count(backend, "prompts"),
        quarantined=servers.pins.quarantined(definition.id),
        last_error=next((seat.last_error for seat in seats if seat.state == "unavailable"), None),
        started_at=round(min(started) * 1000) if started else None,
    )


def server_out(
    servers: McpServers, owner_id: str, definition: Definition, row: McpServerRow | None, *, is_admin: bool
) -> ServerOut:
    """The server; what it is started with only for whoever declared it, and of the file's for admins."""
    is_own = definition.owner_id == owner_id
    is_whole = is_own or (is_admin and definition.owner_id is None)
    first: Replica = definition.replicas[0]
    spec: dict[str, Any] = row.spec if row is not None else {}
    shown: dict[str, Any] = spec if row is not None else _plain(first)
    return ServerOut(
        id=definition.id,
        name=definition.name,
        title=definition.title,
        transport=definition.transport,
        command=shown.get("command") or "" if is_whole else "",
        args=list(shown.get("args") or ()) if is_whole else [],
        env=dict(shown.get("env") or {}) if is_whole else {},
        folders=[Folder.model_validate(one) for one in shown.get("folders") or ()] if is_whole else [],
        network=bool(shown.get("network", True)),
        url=shown.get("url") or "" if is_whole else "",
        headers=dict(shown.get("headers") or {}) if is_whole else {},
        replicas=list(shown.get("replicas") or ()) if is_whole else [],
        balancing=definition.balancing,
        overrides={
            tool: OverrideIn(
                name=one.name, description=one.description, arguments=dict(one.arguments), hidden=one.hidden
            )
            for tool, one in definition.overrides.items()
        },
        entry=row.entry if row is not None else None,
        is_shared=definition.is_shared,
        is_own=is_own,
        source="file" if definition.owner_id is None else "api",
        enabled=definition.enabled,
        idle_seconds=definition.idle_seconds,
        timeout_seconds=definition.timeout_seconds,
        secrets=names_in(definition.replicas),
        quarantined=servers.pins.quarantined(definition.id),
        status=status_of(servers, owner_id, definition, is_whole=is_whole),
        version=definition.version,
        created_at=row.created_at if row is not None else None,
    )


def pins_of(servers: McpServers, owner_id: str, definition: Definition) -> Iterator[PinView]:
    """Every tool with what was accepted and what is shown now; what the server no longer has is gone."""
    backend = servers.pool.known(definition.id, owner_id)
    listed = backend.known("tools") if backend is not None else None
    names = None if listed is None else {tool["name"] for tool in listed}
    for name, pin in sorted(servers.pins.of(definition.id).items()):
        is_gone = names is not None and name != SERVER and name not in names
        after = None if is_gone else pin.seen or pin.accepted
        yield PinView(tool=name, state="gone" if is_gone else pin.state, before=pin.accepted, after=after)


def log_lines(backend: Backend | None, after: int) -> LogLines:
    """What was said since."""
    if backend is None:
        return LogLines(items=[], next=0)
    lines = backend.ring.after(after)
    items = [LogLine(seq=one.seq, at=one.at, stream=one.stream, level=one.level, text=one.text) for one in lines]
    return LogLines(items=items, next=backend.ring.last)


def entries_out(packages: Path | None) -> list[EntryOut]:
    """The ready-made servers."""
    return [_entry(entry, packages) for entry in ENTRIES]


def _entry(entry: Entry, packages: Path | None) -> EntryOut:
    command, args = ("", list[str]()) if entry.path else command_of(entry, packages)
    needs = [
        EntryNeed(
            name=need.name,
            label=need.label,
            secret=need.is_secret,
            required=need.default is None,
            placeholder=need.default or need.placeholder,
        )
        for need in entry.needs
    ]
    return EntryOut(
        id=entry.id,
        title=entry.title,
        description=entry.description,
        transport="http" if entry.path else "stdio",
        command=command,
        args=args,
        url=url_of(entry, {}),
        needs=needs,
        docs=entry.docs,
        tried_version=entry.version,
    )


def _plain(replica: Replica) -> dict[str, Any]:
    return {
        "command": replica.command,
        "args": replica.args,
        "env": replica.env,
        "folders": [{"path": path, "writable": is_writable} for path, is_writable in replica.folders],
        "network": replica.has_network,
        "url": replica.url,
        "headers": replica.headers,
    }


def _replica(seat: Seat, *, is_whole: bool) -> ReplicaStatus:
    replica = seat.replica
    return ReplicaStatus(
        index=seat.index,
        url=replica.url or None if is_whole else None,
        command=replica.where if is_whole and not replica.url else None,
        state=seat.breaker.state,
        link=seat.state,
        in_flight=seat.in_flight,
        weight=seat.weight,
        pid=_pid(seat),
        last_error=seat.last_error,
    )


def _pid(seat: Seat) -> int | None:
    return seat.current.pid if seat.current is not None else None


def _count(backend: Backend | None, what: Any) -> int:
    return len(backend.known(what) or ()) if backend is not None else 0
