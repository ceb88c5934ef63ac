"""What a search may find: as a condition for the vector engine, and as a check of the row, which is the truth."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from entourage.memory.pointing import SHARED
from entourage.memory.search_schemas import MemorySearch
from entourage.memory.tables import MemoryRow
from entourage.stores.vectors.base import Where


class Matching(msgspec.Struct, frozen=True):
    """Conditions that all hold; None and empty hold always. `agents` may name SHARED: what is shared with all."""

    kinds: Sequence[str] = ()
    agents: Sequence[str] = ()
    tags: Sequence[str] = ()
    sources: Sequence[str] = ()
    document_id: str | None = None
    after_ms: int | None = None
    before_ms: int | None = None
    except_session: str | None = None
    """A conversation whose interactions are left out."""

    @classmethod
    def of(cls, asked: MemorySearch) -> Matching:
        """What a search asks for."""
        return cls(
            kinds=asked.kinds or (),
            agents=asked.agents or (),
            tags=asked.tags or (),
            sources=asked.sources or (),
            document_id=asked.document_id,
            after_ms=asked.after,
            before_ms=asked.before,
        )

    def where(self) -> Where | None:
        """For the engine. What it cannot say is left to `allows`."""
        lists = {"kind": self.kinds, "agent": self.agents, "tags": self.tags, "source": self.sources}
        equals: dict[str, str | Sequence[str]] = {key: values for key, values in lists.items() if values}
        if self.document_id:
            equals["document"] = self.document_id
        times = (self.after_ms, self.before_ms)
        between = {} if times == (None, None) else {"created_ms": times}
        return Where(equals=equals, between=between) if equals or between else None

    def allows(self, row: MemoryRow, now: int) -> bool:
        """Whether the row, as it is now, may be found."""
        of_session = row.kind == "interaction" and row.source.get("session_id") == self.except_session
        return (
            (row.valid_until_ms is None or row.valid_until_ms > now)
            and (row.valid_from_ms is None or row.valid_from_ms <= now)
            and not (self.except_session and of_session)
            and self._fits(row)
        )

    def _fits(self, row: MemoryRow) -> bool:
        agents = {row.agent, SHARED if row.shared else None}
        return (
            (not self.kinds or row.kind in self.kinds)
            and (not self.agents or not agents.isdisjoint(self.agents))
            and (not self.tags or not set(self.tags).isdisjoint(row.tags))
            and (not self.sources or not {row.source_type, row.source_key}.isdisjoint(self.sources))
            and (self.document_id is None or row.document_id == self.document_id)
            and (self.after_ms is None or row.created_ms >= self.after_ms)
            and (self.before_ms is None or row.created_ms <= self.before_ms)
        )
