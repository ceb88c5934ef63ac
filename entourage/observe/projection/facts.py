"""What one event says about spans, lanes and sessions. Pure: no clock, no store."""

from __future__ import annotations

from typing import NamedTuple

from entourage.observe.projection.states import Lane, Session, Span, Tokens
from entourage.stores.log import Record

MAX_SKEW_MS = 60_000
MAX_LATE_MS = 30 * 24 * 3_600_000
"""A client's clock is believed when it is at most a minute ahead of ours and at most 30 days behind."""


class Cost(NamedTuple):
    """Where a model call's tokens and money are counted."""

    hour: int
    source: str
    session_id: str
    agent: str
    model: str
    spent: Tokens


class Facts(NamedTuple):
    """Everything of one event, each about one thing by its key."""

    spans: tuple[Span, ...] = ()
    lanes: tuple[Lane, ...] = ()
    session: Session | None = None
    costs: tuple[Cost, ...] = ()
    text: str | None = None
    """What the event can be found by."""
    forgets: str | None = None
    """A conversation that was deleted."""


class Moment(NamedTuple):
    """An event with its time and the names that every fact needs."""

    seq: int
    event: Record
    at: int
    session_id: str
    lane_id: str

    @property
    def source(self) -> str:
        return self.event.source

    def lane(self, **known: object) -> Lane:
        """The lane of this event, with what else is known."""
        return Lane(
            id=self.lane_id,
            source=self.source,
            session_id=self.session_id,
            agent=self.event.agent,
            first_ms=self.at,
            last_ms=self.at,
            events=1,
            **known,  # pyright: ignore[reportArgumentType]  # fields of Lane
        )

    def session(self, **known: object) -> Session:
        """The session of this event, with what else is known."""
        return Session(
            source=self.source,
            id=self.session_id,
            first_ms=self.at,
            last_ms=self.at,
            events=1,
            **known,  # pyright: ignore[reportArgumentType]  # fields of Session
        )

    def span(self, span_id: str, **known: object) -> Span:
        """A span of this event's lane."""
        return Span(
            id=span_id,
            source=self.source,
            session_id=self.session_id,
            lane_id=self.lane_id,
            agent=self.event.agent,
            **known,  # pyright: ignore[reportArgumentType]  # fields of Span
        )


def moment_of(seq: int, event: Record) -> Moment | None:
    """None for an event of no session."""
    if event.session_id is None:
        return None
    return Moment(seq, event, time_of(event), event.session_id, event.run_id or event.session_id)


def time_of(event: Record) -> int:
    """When it happened: by the client's clock where that can be, else by ours."""
    told = event.client_ts
    if told is None or not event.ts - MAX_LATE_MS <= told <= event.ts + MAX_SKEW_MS:
        return event.ts
    return told
