"""Schedules over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, field_validator, model_validator

from entourage.agents.schedules.cron import next_ms, zone
from entourage.agents.schedules.tables import ScheduleRow
from entourage.agents.schemas import AgentName, RunStatus
from entourage.kit.clock import Time, now_ms
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

MAX_TEXT = 20_000

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]
Cron = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=9, max_length=120),
    Field(description="Five fields: minute, hour, day of the month, month, day of the week.", examples=["0 9 * * 1-5"]),
]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), Field(examples=["Europe/Lisbon"])]
Mode = Literal["auto", "direct", "agent", "plan"]
Status = Literal["active", "paused"]


class NewSchedule(Schema):
    """What to ask, and when. Without `session_id` it gets a conversation of its own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Morning news",
                "cron": "0 9 * * 1-5",
                "timezone": "Europe/Lisbon",
                "text": "What is new in our repositories since yesterday?",
            }
        },
    )

    name: Name
    cron: Cron
    timezone: Zone = "UTC"
    text: Words
    agent: AgentName | None = None
    session_id: Id | None = None
    mode: Mode = "auto"
    status: Status = "active"

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("cron")
    @classmethod
    def _comes(cls, value: str) -> str:
        next_ms(value, "UTC", now_ms())
        return value


class ChangeSchedule(Schema):
    """What changes; the rest stays. `agent` null: the team decides; `session_id` null: a conversation of its own."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"cron": "30 8 * * *"}})

    name: Name | None = None
    cron: Cron | None = None
    timezone: Zone | None = None
    text: Words | None = None
    agent: AgentName | None = None
    session_id: Id | None = None
    mode: Mode | None = None
    status: Status | None = None

    @model_validator(mode="after")
    def _are_right(self) -> "ChangeSchedule":
        for name in self.model_fields_set - {"agent", "session_id"}:
            if getattr(self, name) is None:
                raise ValueError(f"{name} may be left out, but not null")
        if self.timezone is not None:
            zone(self.timezone)
        if self.cron is not None:
            next_ms(self.cron, "UTC", now_ms())
        return self

    def values(self) -> dict[str, Any]:
        """The fields that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Schedule(Schema):
    """A schedule. `last_status` is that of its last run, `error` says why its last time was passed over."""

    id: str
    name: str
    cron: str
    timezone: str
    text: str
    agent: str | None
    session_id: str | None
    mode: Mode
    status: Status
    next_at: Time | None
    last_at: Time | None
    last_run_id: str | None
    last_status: RunStatus | None
    error: str | None
    version: int

    @classmethod
    def of(cls, row: ScheduleRow, last_status: str | None = None) -> "Schedule":
        times = {"next_at": row.next_ms, "last_at": row.last_ms, "last_status": last_status}
        return cls.model_validate({**{n: getattr(row, n) for n in cls.model_fields if n not in times}, **times})
