"""Everybody's terminals on this server: opened, found, recorded, and closed with what they run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress

import msgspec
import structlog

from entourage.kit.errors import Forbidden, NotFound, Problem, TooMany
from entourage.sandboxes.live.base import Live, PtySize
from entourage.sandboxes.terminal.recording import Recording
from entourage.sandboxes.terminal.schemas import NewTerminal, Recorded, Terminal
from entourage.sandboxes.terminal.session import Session

logger = structlog.get_logger(__name__)

OpenLive = Callable[[str, NewTerminal], Awaitable[Live]]
"""The sandbox a new terminal is to be in. Raises the problems of what it names: NotFound, Forbidden, ..."""
RoleIn = Callable[[str, str], Awaitable[str | None]]
"""A person's role in a workspace (owner, editor, viewer); None for a stranger."""
Using = Callable[[str], AbstractContextManager[None]]
"""Keeps a sandbox from being idle for as long as the block lasts."""
Keep = Callable[[str, str, bytes], Awaitable[str]]
"""Makes an artifact of a recording: owner, title, asciicast; gives its id."""

ENDED_SECONDS = 300.0
"""How long a terminal whose program has ended can still be read."""
QUIET_SECONDS = 30.0
"""A terminal that nobody looks at and that is silent for so long does not keep its sandbox."""
GOING_AWAY, NOT_THERE = 1001, 4404
ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


class Seat(msgspec.Struct):
    """A terminal with whose it is and where it runs."""

    owner_id: str
    workspace_id: str | None
    live: Live
    session: Session
    keeper: asyncio.Task[None] | None = None

    def shown(self) -> Terminal:
        """As the wire has it."""
        session = self.session
        return Terminal(
            id=session.id,
            sandbox_id=self.live.id,
            workspace_id=self.workspace_id,
            title=session.title,
            rows=session.size.rows,
            cols=session.size.cols,
            status="exited" if session.ended.is_set() else "running",
            exit_code=session.exit_code,
            offset=session.scrollback.end,
            viewers=session.viewers,
            recording=session.recording is not None,
            created_at=session.created_ms,
        )


class Terminals:
    """Terminals live in this process: they end with it, as the sandboxes they run in do."""

    def __init__(self, open_live: OpenLive, role_in: RoleIn, keep: Keep, using: Using, *, per_person: int) -> None:
        self._open_live = open_live
        self._role_in = role_in
        self._keep = keep
        self._using = using
        self._per_person = per_person
        self._seats: dict[str, Seat] = {}

    async def open(self, user_id: str, asked: NewTerminal) -> Terminal:
        """A new terminal. Raises TooMany, and what finding its sandbox raises."""
        mine = sum(seat.owner_id == user_id and not seat.session.ended.is_set() for seat in self._seats.values())
        if mine >= self._per_person:
            raise TooMany(f"You have {mine} terminals open.", hint="Close one first.", retry_after_seconds=5)
        live = await self._open_live(user_id, asked)
        size = PtySize(asked.rows, asked.cols)
        argv = ["bash", "-l"] if asked.command is None else ["bash", "-c", asked.command]
        process = await live.start(argv, env=ENVIRONMENT, pty=size)
        session = Session(process, size, (asked.command or "bash")[:200])
        if asked.record:
            session.recording = Recording(size.rows, size.cols, session.title)
        seat = self._seats[session.id] = Seat(user_id, asked.workspace_id, live, session)
        seat.keeper = asyncio.create_task(self._look_after(seat))
        return seat.shown()

    async def list(self, user_id: str) -> list[Terminal]:
        """One's own and those of one's workspaces, oldest first."""
        return [seat.shown() for seat in self._seats.values() if await self._role(user_id, seat) is not None]

    async def find(self, user_id: str, terminal_id: str) -> tuple[Seat, bool]:
        """A terminal one may look at, and whether one may type. Raises NotFound."""
        seat = self._seats.get(terminal_id)
        role = await self._role(user_id, seat) if seat else None
        if seat is None or role is None:
            raise NotFound(f"There is no terminal {terminal_id}.")
        return seat, role != "viewer"

    async def record(self, user_id: str, terminal_id: str, *, on: bool) -> Recorded:
        """Begin or end a recording; one that ends becomes an artifact. Raises NotFound, Forbidden."""
        seat = await self._writable(user_id, terminal_id)
        if not on:
            return Recorded(recording=False, artifact_id=await self._kept(seat))
        session = seat.session
        if session.recording is None:
            session.recording = Recording(session.size.rows, session.size.cols, session.title)
            session.recording.output(session.scrollback.part(session.scrollback.first_line(), session.scrollback.end))
        return Recorded(recording=True, artifact_id=None)

    async def close(self, user_id: str, terminal_id: str) -> None:
        """End a terminal and its program. Raises NotFound, Forbidden."""
        await self._end(await self._writable(user_id, terminal_id))

    async def close_all(self) -> None:
        """The server stops."""
        await asyncio.gather(*(self._end(seat) for seat in list(self._seats.values())), return_exceptions=True)

    async def _writable(self, user_id: str, terminal_id: str) -> Seat:
        seat, may_write = await self.find(user_id, terminal_id)
        if not may_write:
            raise Forbidden("A viewer of the workspace may only look.", hint="Ask its owner for the role of an editor.")
        return seat

    async def _role(self, user_id: str, seat: Seat) -> str | None:
        if seat.workspace_id is not None:
            return await self._role_in(user_id, seat.workspace_id)
        return "owner" if seat.owner_id == user_id else None

    async def _end(self, seat: Seat) -> None:
        if seat.keeper is not None:
            seat.keeper.cancel()
        await seat.session.close(GOING_AWAY, "the terminal was closed")
        await self._kept(seat)
        self._seats.pop(seat.session.id, None)

    async def _look_after(self, seat: Seat) -> None:
        """Keep its sandbox while somebody looks or the program prints; forget it a while after its end."""
        while not await seat.session.over(within_seconds=QUIET_SECONDS):
            if seat.session.stirred(within_seconds=QUIET_SECONDS):
                with suppress(NotFound), self._using(seat.live.id):
                    pass
        await self._kept(seat)
        await asyncio.sleep(ENDED_SECONDS)
        await seat.session.close(NOT_THERE, "the terminal has ended")
        self._seats.pop(seat.session.id, None)

    async def _kept(self, seat: Seat) -> str | None:
        """The artifact of the recording that ends here. A person without room for it loses the recording alone."""
        recording, seat.session.recording = seat.session.recording, None
        if recording is None:
            return None
        try:
            return await self._keep(seat.owner_id, seat.session.title, recording.finished())
        except Problem as problem:
            logger.warning("terminal.not_recorded", owner_id=seat.owner_id, error=problem.detail)
            return None
