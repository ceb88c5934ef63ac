"""Queues over the wire."""

from pydantic import Field

from entourage.agents.bus.store import MAX_RUNNING, MAX_WAITING
from entourage.agents.schemas import Run
from entourage.kit.schema import Schema


class Queue(Schema):
    """What one agent does and what waits for it. Times are of runs that began within the last hour."""

    agent: str
    running: int
    waiting: int
    paused: bool = Field(description="Whether it stands still: nothing that waits is begun.")
    dead: int = Field(description="Runs that were taken out because their workers died too often.")
    max_running: int = MAX_RUNNING
    max_waiting: int = MAX_WAITING
    oldest_ms: int | None = Field(description="How long the first one waits; null when nobody does.")
    wait_p50_ms: int | None
    wait_p95_ms: int | None
    ended_1h: int = Field(description="Runs that ended within the last hour, failures included.")
    failed_1h: int


class QueueWithRuns(Queue):
    """A queue with what is in it: what goes on, then what waits, in the order in which it will begin."""

    items: list[Run]
