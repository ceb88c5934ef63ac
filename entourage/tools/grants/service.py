"""Policies of tools: kept in memory for seconds, changed at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.accounts.races import with_second_try
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.paging import decode_cursor, page_of
from entourage.llm.kept import Kept
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.grants.rulings import Policy, PolicySet
from entourage.tools.grants.schemas import ToolPolicyIn, ToolPolicyOut, ToolPolicyPatch
from entourage.tools.grants.tables import ToolPolicyRow

MAX_POLICIES = 500

By = Literal["self", "admin"]
_ADMINS = ToolPolicyRow.set_by == "admin"


class ToolPolicies:
    """A person's own policies, and those that admins set for everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: Kept[PolicySet] = Kept(self._load)
        self._listeners: list[Callable[[str | None], None]] = []

    def on_change(self, listener: Callable[[str | None], None]) -> None:
        """Tell `listener` whose policies (None: everybody's) this process has changed."""
        self._listeners.append(listener)

    def known(self, owner_id: str) -> PolicySet | None:
        """What holds for this person if it is at hand; else ask `of`."""
        return self._kept.known(owner_id)

    async def of(self, owner_id: str) -> PolicySet:
        """What holds for this person."""
        return await self._kept.of(owner_id)

    async def page(self, owner_id: str, by: By, limit: int, cursor: str | None) -> dict[str, Any]:
        """A page, oldest first: of a person's own with those of admins, or of admins alone."""
        shown = _ADMINS if by == "admin" else or_(ToolPolicyRow.owner_id == owner_id, _ADMINS)
        query = select(ToolPolicyRow).where(shown).order_by(ToolPolicyRow.id).limit(limit + 1)
        if cursor is not None:
            (after,) = decode_cursor(cursor, tuple[str])
            query = query.where(ToolPolicyRow.id > after)
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query)).all()
        return page_of(rows, limit, lambda row: (row.id,), ToolPolicyOut.model_validate)

    async def create(self, owner_id: str, body: ToolPolicyIn, by: By = "self") -> ToolPolicyOut:
        """A new policy. Raises Conflict for a second one about the same, or one too many."""
        row = ToolPolicyRow(owner_id=owner_id, set_by=by, **body.model_dump())
        try:
            async with self._database.write(owner_id) as session:
                if (await session.scalar(select(func.count(ToolPolicyRow.id))) or 0) >= MAX_POLICIES:
                    raise Conflict(f"There are {MAX_POLICIES} policies already.", hint="Delete one, or use a pattern.")
                session.add(row)
        except IntegrityError:
            raise _taken(body.subject, body.tool) from None
        self._changed(owner_id, by)
        return ToolPolicyOut.model_validate(row)

    async def change(
        self, owner_id: str, policy_id: str, patch: ToolPolicyPatch, if_match: str | None, by: By = "self"
    ) -> ToolPolicyOut:
        """Raises NotFound, Stale."""
        async with self._database.write(owner_id if by == "self" else EVERYONE) as session:
            row = await _find(session, policy_id, by)
            check_if_match(if_match, policy_etag(row))
            for name in patch.model_fields_set:
                setattr(row, name, getattr(patch, name))
            row.version += 1
        self._changed(owner_id, by)
        return ToolPolicyOut.model_validate(row)

    async def delete(self, owner_id: str, policy_id: str, if_match: str | None, by: By = "self") -> None:
        """Raises NotFound, Stale."""
        async with self._database.write(owner_id if by == "self" else EVERYONE) as session:
            row = await _find(session, policy_id, by)
            check_if_match(if_match, policy_etag(row))
            await session.delete(row)
        self._changed(owner_id, by)

    async def allow(self, owner_id: str, subject: str, tool: str) -> None:
        """Allow a tool, or a pattern of them, from now on (a remembered approval)."""
        await with_second_try(lambda: self._allow(owner_id, subject, tool))
        self._changed(owner_id, "self")

    async def _allow(self, owner_id: str, subject: str, tool: str) -> None:
        async with self._database.write(owner_id) as session:
            mine = (ToolPolicyRow.set_by == "self", ToolPolicyRow.subject == subject, ToolPolicyRow.tool == tool)
            row = await session.scalar(select(ToolPolicyRow).where(*mine))
            if row is None:
                session.add(ToolPolicyRow(set_by="self", subject=subject, tool=tool, grant="allow"))
            else:
                row.grant, row.version = "allow", row.version + 1

    def forget_all(self) -> None:
        """Look everything up again at the next call."""
        self._kept.drop()

    async def _load(self, owner_id: str) -> PolicySet:
        holding = or_(ToolPolicyRow.owner_id == owner_id, _ADMINS)
        async with self._database.read(EVERYONE) as session:
            return PolicySet(map(_policy, await session.scalars(select(ToolPolicyRow).where(holding))))

    def _changed(self, owner_id: str, by: By) -> None:
        whose = owner_id if by == "self" else None
        self._kept.drop(whose)
        for listener in self._listeners:
            listener(whose)


def policy_etag(row: ToolPolicyRow | ToolPolicyOut) -> str:
    """The entity tag of a policy."""
    return etag_of("tool-policy", row.id, row.version)


def _policy(row: ToolPolicyRow) -> Policy:
    names = (name for name in Policy._fields if name != "by_admin")
    return Policy(**{name: getattr(row, name) for name in names}, by_admin=row.set_by == "admin")


async def _find(session: AsyncSession, policy_id: str, by: By) -> ToolPolicyRow:
    row = await session.get(ToolPolicyRow, policy_id)
    if row is None or row.set_by != by:
        raise NotFound(f"There is no tool policy {policy_id}.")
    return row


def _taken(subject: str, tool: str) -> Conflict:
    return Conflict(f"There is a policy for {subject!r} and {tool!r} already.", hint="Change that one.")
