"""Calls of tools outside of runs that a person must allow: they wait a while in the inbox of the owner.

A decision counts for one call: whoever waits for it, or else the next call of the same tool with the same arguments,
also after a restart.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import msgspec
from sqlalchemy import or_, select, update

from entourage.agents.outside import LOOK_SECONDS, woken_within
from entourage.agents.tables import ApprovalRow
from entourage.agents.told import decision_of, tell_requested
from entourage.events.log import EventLog
from entourage.kit.clock import now_ms
from entourage.kit.ids import derived_id, new_id
from entourage.stores.sql import Database
from entourage.tools.tool import Decision, Parked, Question, ToolCall

_DECIDED = ("approved", "denied", "answered")


class ApprovalDesk:
    """Implements `tools.desk.Desk`. A call waits `wait_seconds`, what it asks stays for `kept_seconds`."""

    def __init__(self, database: Database, log: EventLog, *, wait_seconds: float, kept_seconds: int) -> None:
        self._database = database
        self._log = log
        self._wait_seconds = wait_seconds
        self._kept_ms = kept_seconds * 1000
        self._woken: dict[str, asyncio.Event] = {}
        self._waiting: Counter[str] = Counter()

    def decided(self, approval_id: str) -> None:
        """Wake whoever waits for this approval in this process."""
        if approval_id in self._woken:
            self._woken[approval_id].set()

    async def ask(self, call: ToolCall, question: Question) -> Decision:
        """See `Desk.ask`."""
        call_hash = _hash(call, question)
        seconds = self._wait_seconds if call.wait_seconds is None else call.wait_seconds
        until = asyncio.get_running_loop().time() + seconds
        while True:
            row = await self._open(call.owner_id, call_hash) or await self._request(call, question, call_hash)
            if row.status == "pending":
                row = await self._wait(call, row, until, seconds)
            if row.status in _DECIDED and await self._use(row):
                return decision_of(row)

    async def _wait(self, call: ToolCall, row: ApprovalRow, until: float, seconds: float) -> ApprovalRow:
        """The row once it is no longer pending. Raises Parked at the end of the time."""
        woken = self._woken.setdefault(row.id, asyncio.Event())
        self._waiting[row.id] += 1
        try:
            while row.status == "pending":
                left = until - asyncio.get_running_loop().time()
                if left <= 0:
                    raise Parked(row.id)
                if call.progress:
                    call.progress(seconds - left, seconds, "Waits for a person to allow it.")
                await woken_within(woken, min(left, LOOK_SECONDS))
                row = await self._read(row)
            return row
        finally:
            self._waiting[row.id] -= 1
            if not self._waiting[row.id]:
                del self._waiting[row.id], self._woken[row.id]

    async def _open(self, owner_id: str, call_hash: str) -> ApprovalRow | None:
        """What was asked about this call and is not used: waiting, or decided not too long ago."""
        now = now_ms()
        open_ = or_(
            (ApprovalRow.status == "pending") & (ApprovalRow.expires_ms > now),
            ApprovalRow.status.in_(_DECIDED) & (ApprovalRow.decided_ms > now - self._kept_ms),
        )
        query = select(ApprovalRow).where(ApprovalRow.call_hash == call_hash, ApprovalRow.used_ms.is_(None), open_)
        async with self._database.read(owner_id) as session:
            return await session.scalar(query.order_by(ApprovalRow.id).limit(1))

    async def _read(self, row: ApprovalRow) -> ApprovalRow:
        async with self._database.read(row.owner_id) as session:
            return await session.get_one(ApprovalRow, row.id)

    async def _use(self, row: ApprovalRow) -> bool:
        """Take the decision for one call; False when another call was quicker."""
        unused = (ApprovalRow.id == row.id) & ApprovalRow.used_ms.is_(None)
        taken = update(ApprovalRow).where(unused).values(used_ms=now_ms()).returning(ApprovalRow.id)
        async with self._database.write(row.owner_id) as session:
            return (await session.scalar(taken)) is not None

    async def _request(self, call: ToolCall, question: Question, call_hash: str) -> ApprovalRow:
        now, caller = now_ms(), call.caller
        row = ApprovalRow(
            id=new_id(),
            kind=question.kind,
            app=caller.source,
            session_id=(caller.session_id or f"tools:{caller.source}")[:128],
            chat_id="",
            run_id="",
            message_id="",
            part=0,
            tool_call_id=call.tool_call_id,
            agent=caller.agent or caller.source,
            tool=call.tool.name,
            args=call.args,
            question=question.question,
            options=list(question.options),
            risk=question.risk,
            status="pending",
            created_ms=now,
            expires_ms=now + self._kept_ms,
            call_hash=call_hash,
        )
        async with self._database.write(call.owner_id) as session:
            session.add(row)
        await tell_requested(self._log, row)
        return row


def _hash(call: ToolCall, question: Question) -> str:
    """The same for the same question about the same call."""
    args = msgspec.json.encode(call.args, order="deterministic").decode()
    asked = msgspec.json.encode((question.question, question.options)).decode()
    return derived_id("call", call.owner_id, call.tool.name, question.kind, asked, args)
