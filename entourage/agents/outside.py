"""Permission questions of outside agents: they wait in the same inbox as those of the team, and count once."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from entourage.agents.tables import ApprovalRow
from entourage.agents.told import tell_requested, tell_resolved
from entourage.events.log import EventLog
from entourage.kit.clock import now_ms
from entourage.stores.sql import Database

LOOK_SECONDS = 2.0
"""How long a decision that another replica took may go unseen."""


class OutsideQuestion(msgspec.Struct, frozen=True):
    """What an outside agent wants to do."""

    id: str
    app: str
    session_id: str
    lane_id: str
    agent: str
    tool: str
    args: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    tool_use_id: str = ""
    reason: str | None = None
    """Why the policy wants a person to look at it."""


class OutsideApprovals:
    """Asks a person and waits for what they say, at most `wait_seconds`."""

    def __init__(self, database: Database, log: EventLog, *, wait_seconds: float) -> None:
        self._database = database
        self._log = log
        self._wait_seconds = wait_seconds
        self._waiting: dict[str, asyncio.Event] = {}

    def decided(self, approval_id: str) -> None:
        """Wake whoever waits for this approval in this process."""
        if approval_id in self._waiting:
            self._waiting[approval_id].set()

    async def ask(self, owner_id: str, question: OutsideQuestion) -> ApprovalRow | None:
        """The decided approval, None when nobody decided in time. The same question again asks once."""
        woken = self._waiting.setdefault(question.id, asyncio.Event())
        try:
            row = await self._request(owner_id, question)
            until = asyncio.get_running_loop().time() + self._wait_seconds
            while row.status == "pending" and (left := until - asyncio.get_running_loop().time()) > 0:
                await woken_within(woken, min(left, LOOK_SECONDS))
                row = await self._find(owner_id, question.id) or row
            if row.status == "pending":
                await self._expire(owner_id, row)
        except asyncio.CancelledError:
            await asyncio.shield(self._withdraw(owner_id, question.id))
            raise
        else:
            return row if row.status in ("approved", "denied") else None
        finally:
            self._waiting.pop(question.id, None)

    async def _request(self, owner_id: str, question: OutsideQuestion) -> ApprovalRow:
        known = await self._find(owner_id, question.id)
        if known is not None:
            return known
        row = _row(question, self._wait_seconds)
        try:
            async with self._database.write(owner_id) as session:
                session.add(row)
        except IntegrityError:  # the same question came twice at once
            return await self._find(owner_id, question.id) or row
        await tell_requested(self._log, row)
        return row

    async def _find(self, owner_id: str, approval_id: str) -> ApprovalRow | None:
        async with self._database.read(owner_id) as session:
            return await session.get(ApprovalRow, approval_id)

    async def _withdraw(self, owner_id: str, approval_id: str) -> None:
        """Nobody waits for the answer any more."""
        row = await self._find(owner_id, approval_id)
        if row is not None and row.status == "pending":
            await self._expire(owner_id, row, status="cancelled")

    async def _expire(self, owner_id: str, row: ApprovalRow, status: str = "expired") -> None:
        """End it, unless a person was quicker."""
        pending = (ApprovalRow.id == row.id) & (ApprovalRow.status == "pending")
        ended = update(ApprovalRow).where(pending).values(status=status, decided_ms=now_ms())
        async with self._database.write(owner_id) as session:
            await session.execute(ended)
            row = await session.get(ApprovalRow, row.id, populate_existing=True) or row
        if row.status == status:
            await tell_resolved(self._log, row)


async def woken_within(woken: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return


def _row(question: OutsideQuestion, wait_seconds: float) -> ApprovalRow:
    now = now_ms()
    return ApprovalRow(
        id=question.id,
        kind="approval",
        app=question.app,
        session_id=question.session_id,
        chat_id="",
        run_id=question.lane_id,
        message_id="",
        part=0,
        tool_call_id=question.tool_use_id,
        agent=question.agent[:64],
        tool=question.tool[:256],
        args=question.args,
        question=question.reason,
        options=[],
        risk="high" if question.reason else "medium",
        status="pending",
        created_ms=now,
        expires_ms=now + int(wait_seconds * 1000),
    )
