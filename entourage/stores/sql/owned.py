"""Whose rows a session or a statement may see: its owner's, or everyone's for the server's own work."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Protocol, TypeAlias

from sqlalchemy import bindparam, event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from entourage.stores.sql.base import ID, Owned


class Everyone:
    """The owner of nothing in particular: a session opened so sees every row."""

    def __repr__(self) -> str:
        return "EVERYONE"


EVERYONE: Final = Everyone()
Owner: TypeAlias = "str | Everyone"

OWNER: Final = "the_owner"
ONLY_OWNER: Final[ExecutableOption] = with_loader_criteria(
    Owned, lambda table: table.owner_id == bindparam("the_owner", type_=ID), include_aliases=True
)
"""The same as a session's term, with its owner as the parameter `OWNER`."""


class OwnedSession(Session):
    """A session that cannot see, make or change rows of another owner."""


class HasInfo(Protocol):
    """A session, or a transaction without one."""

    @property
    def info(self) -> dict[Any, Any]: ...


def when_committed(within: HasInfo, call: Callable[[], object]) -> None:
    """Call it once the transaction is committed."""
    within.info.setdefault("when_committed", []).append(call)


def committed(info: dict[Any, Any]) -> None:
    """The transaction is."""
    for call in info.pop("when_committed", ()):
        call()


@event.listens_for(OwnedSession, "after_commit")
def _committed(session: Session) -> None:
    committed(session.info)


@event.listens_for(OwnedSession, "do_orm_execute")
def _only_mine(state: ORMExecuteState) -> None:
    owner = state.session.info["owner"]
    if isinstance(owner, Everyone) or state.is_column_load or state.is_relationship_load:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(_rows_of(owner))


@lru_cache(maxsize=4_096)
def _rows_of(owner: str) -> ExecutableOption:
    """Made once for each person: to make it takes as long as to look for a row."""
    return with_loader_criteria(Owned, lambda table: table.owner_id == owner, include_aliases=True)


@event.listens_for(OwnedSession, "before_flush")
def _stamp_owner(session: Session, _context: object, _instances: object) -> None:
    owner = session.info["owner"]
    if isinstance(owner, Everyone):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Owned):
            if row.owner_id is None:  # pyright: ignore[reportUnnecessaryComparison]  # unset before the first flush
                row.owner_id = owner
            elif row.owner_id != owner:
                raise PermissionError(f"a session of {owner} touched a row of {row.owner_id}")
