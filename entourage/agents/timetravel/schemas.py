"""Steps, forks and comparisons over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.agents.control.schemas import NoteText
from entourage.agents.schemas import AgentName, ModelId, Run
from entourage.events.message import ArtifactRef, MessageUsage
from entourage.kit.clock import Time
from entourage.kit.schema import Schema

MAX_PROMPT = 200_000
MAX_RESULT = 100_000

Prompt = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT)]
StepStatus = Literal["ok", "failed", "denied", "cancelled", "running", "waiting"]


class Step(Schema):
    """One step of a run. Texts are shortened; `input` of a response is what was new to the model since the last one."""

    ordinal: int = Field(description="Its place in the run; a fork is made `at` one.")
    kind: Literal["response", "tool", "note", "summary", "context"]
    key: str
    agent: str
    title: str
    status: StepStatus
    started_at: Time
    ended_at: Time | None
    duration_ms: int | None
    model: str | None = None
    tool: str | None = None
    tool_call_id: str | None = None
    input: str | None
    output: str | None
    usage: MessageUsage | None = None
    artifacts: list[ArtifactRef] = []
    child_run_id: str | None = None
    copied: bool = Field(False, description="Whether another run did it, which this one was forked from; it cost once.")


class EditedResult(Schema):
    """What a tool shall have given instead."""

    model_config = ConfigDict(extra="forbid")

    tool_call_id: str = Field(min_length=1, max_length=256)
    text: str = Field(max_length=MAX_RESULT)


class ForkRun(Schema):
    """Go on otherwise from a step: what is before it is kept, it and what follows is done again."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"at": 2, "note": "Use the second source, not the first."}}
    )

    at: int = Field(ge=0, le=100_000)
    text: Prompt | None = Field(None, description="Another question in place of the one that was answered.")
    result: EditedResult | None = None
    note: NoteText | None = None
    agent: AgentName | None = None
    model: ModelId | None = None


class StepPair(Schema):
    """Two steps beside each other; one is null where only one run has such a step."""

    a: Step | None
    b: Step | None
    same: bool


class RunTotals(Schema):
    """What a run took; copied steps are counted, but not what they cost."""

    steps: int
    duration_ms: int | None
    input_tokens: int
    output_tokens: int
    cost_usd: str | None


class BothTotals(Schema):
    """The totals of two runs."""

    a: RunTotals
    b: RunTotals


class RunComparison(Schema):
    """Two runs beside each other. `differs_at` is the first pair that is not the same, null when all are."""

    a: Run
    b: Run
    steps: list[StepPair]
    differs_at: int | None
    totals: BothTotals
