"""What is kept of spans, lanes and sessions, and how two pieces of knowledge about one become one.

Every `merged` is commutative, associative and takes a repeat without harm, so events may come in any order: after a
close, twice, or long after they happened. What depends on others (an unfinished call that a later prompt interrupted,
which turn a call belongs to) is not kept but found when it is read (`tree.py`).
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

Kind = Literal["tool", "model", "approval"]
T = TypeVar("T")

MAX_MARKS = 500
"""Ends and begins of turns that a lane remembers: an event later than that many turns finds no turn of its own."""


class Tokens(msgspec.Struct, omit_defaults=True, frozen=True):
    """Tokens and millionths of a dollar of so many model calls."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cost: int = 0
    calls: int = 0

    def plus(self, other: Tokens, sign: int = 1) -> Tokens:
        if other is NOTHING:
            return self
        return Tokens(
            self.input + sign * other.input,
            self.output + sign * other.output,
            self.cached + sign * other.cached,
            self.cost + sign * other.cost,
            self.calls + sign * other.calls,
        )


NOTHING = Tokens()

Start = tuple[int, int]
"""(ms, seq) of a begin."""
End = tuple[int, int, int, bool]
"""(ms, seq, duration in ms or -1, whether it failed)."""


class Span(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A call and all that is known of it."""

    id: str
    source: str
    session_id: str
    lane_id: str
    kind: Kind = "tool"
    name: str = ""
    agent: str | None = None
    tool_use_id: str | None = None
    said: tuple[int, str] | None = None
    """The line about it that comes first in rank: what was asked before what came of it."""
    starts: list[Start] = []
    ends: list[End] = []
    """More than one start or end only where the agent gives its calls no ids: then the n-th belong together."""
    denied: Start | None = None
    batch: Start | None = None
    """When the end of a batch named this call: it is over, whether it was heard of or not."""
    child: str | None = None
    """The lane of the subagent that this call ran."""
    told: Tokens = NOTHING
    """What the call said that its subagent used."""
    spent: Tokens = NOTHING

    @property
    def has_id(self) -> bool:
        return self.tool_use_id is not None or self.kind != "tool"

    @property
    def calls(self) -> int:
        """How many calls this is."""
        return max(len(self.starts), len(self.ends), 1)

    @property
    def is_denied(self) -> bool:
        """Refused, or begun and gone when its batch was over."""
        return not self.ends and (self.denied is not None or (self.batch is not None and bool(self.starts)))

    def merged(self, other: Span) -> Span:
        """What both know."""
        return Span(
            id=self.id,
            source=self.source,
            session_id=self.session_id,
            lane_id=self.lane_id,
            kind=self.kind,
            name=max(self.name, other.name),
            agent=named(self.agent, other.agent, self.source),
            tool_use_id=self.tool_use_id or other.tool_use_id,
            said=first(self.said, other.said),
            starts=self._joined(self.starts, other.starts),
            ends=self._joined(self.ends, other.ends),
            denied=first(self.denied, other.denied),
            batch=first(self.batch, other.batch),
            child=first(self.child, other.child),
            told=most(self.told, other.told),
            spent=most(self.spent, other.spent),
        )

    def _joined(self, mine: list[T], theirs: list[T]) -> list[T]:
        """All of both in order; of a call with an id only the first counts."""
        if not theirs or not mine:
            return mine or theirs
        both: list[T] = sorted({*mine, *theirs}, key=_key)
        return both[:1] if self.has_id else both


class ToolSum(msgspec.Struct, omit_defaults=True):
    """Calls of one tool."""

    count: int = 0
    errors: int = 0
    duration_ms: int = 0


Mark = tuple[int, int, str, str]
"""(ms, seq, what, line): `prompt`, `stop`, `failure` and `end` bound the turns of a lane; `start` begins a session."""


class Lane(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One agent in one session."""

    id: str
    source: str
    session_id: str
    agent_id: str | None = None
    agent: str | None = None
    is_main: bool = True
    parent: str | None = None
    parent_span: str | None = None
    first_ms: int
    last_ms: int
    events: int = 0
    tool_calls: int = 0
    errors: int = 0
    denied: int = 0
    tools: dict[str, ToolSum] = {}
    spent: Tokens = NOTHING
    told: Tokens = NOTHING
    marks: list[Mark] = []

    def absorb(self, other: Lane) -> Lane:
        """Take in what `other` knows, whose counts are added; itself."""
        self.agent_id = self.agent_id or other.agent_id
        self.agent = named(self.agent, other.agent, self.source)
        self.is_main = self.is_main and other.is_main
        self.parent = first(self.parent, other.parent)
        self.parent_span = first(self.parent_span, other.parent_span)
        self.first_ms = min(self.first_ms, other.first_ms)
        self.last_ms = max(self.last_ms, other.last_ms)
        self.events += other.events
        self.tool_calls += other.tool_calls
        self.errors += other.errors
        self.denied += other.denied
        self.spent = self.spent.plus(other.spent)
        self.told = most(self.told, other.told)
        if other.marks:
            self.marks = sorted({*self.marks, *other.marks})[-MAX_MARKS:]
        return self

    def merged(self, other: Lane) -> Lane:
        """A new lane that knows what both know."""
        return replace(self).absorb(other)


Said = tuple[int, int, str]
"""(ms, seq, text)."""

State = Literal["active", "idle", "failed", "ended"]


class Session(msgspec.Struct, omit_defaults=True, kw_only=True):
    """One session of one application."""

    source: str
    id: str
    first_ms: int
    last_ms: int
    state: tuple[int, int, State] | None = None
    """(ms, rank, state) of the last event that changed it."""
    events: int = 0
    tool_calls: int = 0
    errors: int = 0
    denied: int = 0
    agents: int = 0
    spent: Tokens = NOTHING
    told: Tokens = NOTHING
    title: Said | None = None
    named: Said | None = None
    project: Said | None = None
    cwd: Said | None = None
    model: Said | None = None
    summary: Said | None = None

    def absorb(self, other: Session) -> Session:
        """Take in what `other` knows, whose counts are added; itself."""
        self.first_ms = min(self.first_ms, other.first_ms)
        self.last_ms = max(self.last_ms, other.last_ms)
        self.state = last(self.state, other.state)
        self.events += other.events
        self.tool_calls += other.tool_calls
        self.errors += other.errors
        self.denied += other.denied
        self.agents += other.agents
        self.spent = self.spent.plus(other.spent)
        self.told = self.told.plus(other.told)
        self.title = first(self.title, other.title)
        self.named = last(self.named, other.named)
        self.project = first(self.project, other.project)
        self.cwd = last(self.cwd, other.cwd)
        self.model = last(self.model, other.model)
        self.summary = last(self.summary, other.summary)
        return self

    def merged(self, other: Session) -> Session:
        """A new session that knows what both know."""
        return replace(self).absorb(other)


def first(one: T | None, other: T | None) -> T | None:
    """The smaller of two, either of which may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return other if _key(other) < _key(one) else one


def last(one: T | None, other: T | None) -> T | None:
    """The greater of two, either of which may be missing."""
    if one is None or other is None:
        return other if one is None else one
    return other if _key(other) > _key(one) else one


def most(one: Tokens, other: Tokens) -> Tokens:
    """The greater of two reports of the same."""
    if one == other:
        return one
    return max(one, other, key=msgspec.structs.astuple)


def named(one: str | None, other: str | None, source: str) -> str | None:
    """The name of an agent; one of its own before that of its application."""
    if one == other or other is None:
        return one
    return other if one is None else min(one, other, key=lambda name: (name == source, name))


def _key(value: object) -> Any:
    """For comparing what is known to be texts, numbers or tuples of them."""
    return value
