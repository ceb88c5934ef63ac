"""What a log store takes and gives. Both engines pass the same conformance suite."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

import msgspec

LATENCY_GAMMA = 1.1
"""Buckets of the latency sketch grow by this factor: quantiles are right within 5 %. Source: DDSketch (VLDB 2019)."""


MARK_MS = 10_000
"""The log keeps the first seq of each mark, so that a time is found without an index over `ts`."""


class Record(NamedTuple):
    """An event on its way into the log. `data` is JSON text."""

    owner_id: str
    id: str
    session_id: str | None
    run_id: str | None
    parent_run_id: str | None
    agent: str | None
    type: str
    ts: int
    client_ts: int | None
    data: str
    trace_id: str | None
    source: str


class Stored(NamedTuple):
    """An event in the log. `seq` counts 1, 2, 3, ... within one owner."""

    seq: int
    record: Record


class Sums(NamedTuple):
    """What model calls took; money in nano-USD. The order is that of the columns of the tables of usage."""

    calls: int = 1
    errors: int = 0
    cache_hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nano: int = 0
    saved_nano: int = 0


class Spend(NamedTuple):
    """What one model call adds to usage. Names are "" for none."""

    provider_id: str
    provider: str
    model: str
    key_id: str
    workspace: str
    door: str
    sums: Sums
    latency_ms: int | None
    first_token_ms: int | None


class Rollup(NamedTuple):
    """What one event adds to the counts of its (owner, type, agent, minute)."""

    errors: int = 0
    tokens: int = 0
    cost_micro_usd: int = 0
    latency_ms: int | None = None
    spend: Spend | None = None


Values: TypeAlias = Mapping[str, str | int | None]


class Rider:
    """A statement that is carried out beside an append; afterwards `rowcount` tells how many rows it changed.

    Parameters are written `:name`; both engines must understand the rest of it. With a list of `values` it is carried
    out for each of them, and `rowcount` says nothing.
    """

    __slots__ = ("rowcount", "statement", "values")

    def __init__(self, statement: str, values: Values | Sequence[Values]) -> None:
        self.statement = statement
        self.values = values
        self.rowcount = 0


class Unstorable(ValueError):
    """A value that the engine does not take: a number too large, a character it cannot hold."""


class EngineAway(ConnectionError):
    """The engine cannot be reached, or went away before it could say that it had committed: try again."""


class Appended(NamedTuple):
    """Where an event stands in the log, and whether this append put it there (False: it was there already)."""

    seq: int
    new: bool


class Filter(msgspec.Struct, frozen=True):
    """Which events to read; an empty tuple means any. An event passes with one of `types` or `type_prefixes`."""

    after: int = 0
    before: int | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    """Server time, the end is not included."""
    session_ids: tuple[str, ...] = ()
    run_ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    type_prefixes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    text: str | None = None
    """Words that must stand in the event's indexed text, in any order; the last may be a beginning of a word."""


class LogStore(Protocol):
    """Rows of the log. `append` is one transaction: events, heads, rollups and riders, all or nothing."""

    async def append(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider] = ()) -> list[Appended]:
        """Store a batch in order; a repeated (owner, id) keeps its first seq. Raises QuotaExceeded on a full disk,
        EngineAway."""
        ...

    def append_at_once(self, batch: Sequence[tuple[Record, Rollup]], riders: Sequence[Rider]) -> list[Appended] | None:
        """As `append`, without giving way to anything else; None, and nothing is changed, where that may take long."""
        ...

    async def write(self, riders: Sequence[Rider]) -> bool:
        """Carry out the statements in a transaction of their own; False, and nothing is changed, when the first of
        them changes no row. Raises Unstorable for a value that the engine does not take, QuotaExceeded on a full disk,
        and what the engine raises."""
        ...

    async def head(self, owner_id: str) -> int:
        """The owner's last seq, 0 for none."""
        ...

    async def read(self, owner_id: str, where: Filter, limit: int, *, newest: bool = False) -> list[Stored]:
        """Events in order of seq: the first `limit` that match, or the last with `newest`."""
        ...

    async def count(self, owner_id: str, where: Filter, limit: int) -> int:
        """How many events match, counted up to `limit`."""
        ...

    async def index_texts(self, owner_id: str, items: Sequence[tuple[int, str]]) -> None:
        """Make events findable by `Filter.text`: pairs of seq and text. Giving a pair again changes nothing."""
        ...

    async def delete(self, owner_id: str, where: Filter) -> int:
        """Remove events (compacted deltas, a deleted conversation). Their seqs are never given again."""
        ...

    async def close(self) -> None:
        """Finish what is going on and give everything back."""
        ...


class RollupKey(NamedTuple):
    """The cell of a rollup."""

    owner_id: str
    type: str
    agent: str
    minute: int


def sum_rollups(items: Iterable[tuple[Record, Rollup]]) -> dict[RollupKey, list[int]]:
    """Totals `[count, errors, tokens, cost_micro_usd]` by cell, sorted so that writers never deadlock."""
    cells: dict[RollupKey, list[int]] = {}
    for record, part in items:
        key = RollupKey(record.owner_id, record.type, record.agent or "", record.ts // 60_000)
        cell = cells.setdefault(key, [0, 0, 0, 0])
        cell[0] += 1
        cell[1] += part.errors
        cell[2] += part.tokens
        cell[3] += part.cost_micro_usd
    return dict(sorted(cells.items()))


def first_of_marks(items: Iterable[tuple[Record, int]]) -> dict[tuple[str, int], int]:
    """The lowest seq of each (owner, mark) among records with their seqs."""
    marks: dict[tuple[str, int], int] = {}
    for record, seq in items:
        marks.setdefault((record.owner_id, record.ts // MARK_MS), seq)
    return dict(sorted(marks.items()))


def sum_latencies(items: Iterable[tuple[Record, Rollup]]) -> dict[tuple[RollupKey, int], int]:
    """How many events fell into each bucket of the latency sketch, by cell."""
    buckets: dict[tuple[RollupKey, int], int] = {}
    for record, part in items:
        if part.latency_ms is None:
            continue
        cell = RollupKey(record.owner_id, record.type, record.agent or "", record.ts // 60_000)
        key = (cell, latency_bucket(part.latency_ms))
        buckets[key] = buckets.get(key, 0) + 1
    return dict(sorted(buckets.items()))


def latency_bucket(latency_ms: float) -> int:
    """The sketch's bucket of a latency; bucket b holds (gamma**(b-1), gamma**b] ms, bucket 0 all up to 1 ms."""
    return 0 if latency_ms <= 1 else math.ceil(math.log(latency_ms, LATENCY_GAMMA))
