"""Plans over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.agents.planning.graph import (
    DEFAULT_ATTEMPTS,
    KEY,
    MAX_ATTEMPTS,
    MAX_INSTRUCTIONS,
    MAX_TASKS,
    MAX_TITLE,
    OnFailure,
    Task,
)
from entourage.agents.schemas import AgentName, ModelId
from entourage.events.message import ArtifactRef
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null

MAX_GOAL = 50_000

Goal = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_GOAL)]
TaskKey = Annotated[str, StringConstraints(pattern=KEY)]
PlanStatus = Literal["planning", "proposed", "running", "paused", "succeeded", "failed", "cancelled"]
TaskStatus = Literal["waiting", "queued", "running", "asking", "succeeded", "failed", "skipped", "cancelled"]
PlanApproval = Literal["ask", "start"]


class TaskFields(Schema):
    """A task: who does what, after which others. `on_failure` says what is done when its last attempt failed."""

    model_config = ConfigDict(extra="forbid")

    key: TaskKey
    title: str = Field("", max_length=MAX_TITLE)
    agent: AgentName
    instructions: str = Field(min_length=1, max_length=MAX_INSTRUCTIONS)
    depends_on: list[TaskKey] = Field([], max_length=MAX_TASKS)
    on_failure: OnFailure = "retry"
    max_attempts: int = Field(DEFAULT_ATTEMPTS, ge=1, le=MAX_ATTEMPTS)

    def task(self) -> Task:
        """As the graph is checked."""
        fields = self.model_dump(exclude={"depends_on", "title"})
        title = self.title.strip() or self.key.replace("-", " ").capitalize()
        return Task(**fields, title=title, depends_on=tuple(dict.fromkeys(self.depends_on)))


class NewPlan(Schema):
    """A goal to be planned for, or the tasks themselves. Without a `session_id` a conversation is begun."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"goal": "Compare three libraries and write a report"}}
    )

    goal: Goal
    session_id: Id | None = None
    tasks: list[TaskFields] | None = Field(None, min_length=1, max_length=MAX_TASKS)
    approval: PlanApproval | None = Field(None, description="Left out: as your preferences say.")
    model: ModelId | None = None


class ChangePlan(Schema):
    """What changes of a plan that is not approved yet; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"goal": "Compare two libraries"}})

    goal: Goal | None = None
    tasks: list[TaskFields] | None = Field(None, min_length=1, max_length=MAX_TASKS)

    _not_null = never_null("goal", "tasks")


class RejectPlan(Schema):
    """Why not."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"reason": "Too long"}})

    reason: str | None = Field(None, max_length=2_000)


class PlanTask(Schema):
    """A task of a plan, how it stands and what came of it. `summary` is the beginning of the file at `result_path`."""

    key: str
    title: str
    agent: str
    instructions: str
    depends_on: list[str]
    on_failure: OnFailure
    max_attempts: int
    status: TaskStatus
    run_id: str | None
    attempts: int
    started_at: Time | None
    ended_at: Time | None
    duration_ms: int | None
    cost_usd: str | None
    summary: str | None
    error: str | None
    result_path: str | None
    result_bytes: int | None
    artifacts: list[ArtifactRef]


class Plan(Schema):
    """A plan with its tasks; `cost_usd` is that of planning, of all tasks and of the report."""

    id: str
    session_id: str
    run_id: str
    message_id: str
    goal: str
    status: PlanStatus
    reason: str | None
    approval: PlanApproval
    approval_id: str | None = Field(description="The entry in the inbox, while the plan is proposed.")
    version: int
    replans: int
    tasks: list[PlanTask]
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    duration_ms: int | None
    cost_usd: str | None

    def wire(self) -> dict[str, Any]:
        """As it goes into an event."""
        return self.model_dump(mode="json")
