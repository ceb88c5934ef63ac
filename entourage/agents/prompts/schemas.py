"""Prompt fragments and experiments over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, field_validator

from entourage.agents.prompts.tables import ExperimentRow, PromptRow, PromptVersionRow
from entourage.agents.schemas import MAX_INSTRUCTIONS, AgentName, FragmentName
from entourage.kit.clock import Time
from entourage.kit.schema import Schema, never_null

MAX_VARIANTS = 10
MAX_VERSION = 1_000_000_000

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_INSTRUCTIONS)]
Description = Annotated[str, StringConstraints(max_length=300)]
VariantName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Sticky = Literal["person", "session"]
ExperimentStatus = Literal["running", "stopped"]


class NewPrompt(Schema):
    """A fragment of instructions that several agents can share. Its name stays: agents list it by that."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "house-style", "text": "Write short sentences."}}
    )

    name: FragmentName
    description: Description = ""
    text: Text


class ChangePrompt(Schema):
    """What changes; another text makes a new version."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "Write plain, short sentences."}})

    description: Description | None = None
    text: Text | None = None

    _not_null = never_null()


class Prompt(NewPrompt):
    """A fragment as it is now."""

    model_config = ConfigDict(extra="ignore")

    id: str
    version: int
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, row: PromptRow) -> "Prompt":
        fields = {name: getattr(row, name) for name in ("id", "name", "description", "text", "version")}
        return cls.model_validate({**fields, "created_at": row.created_ms, "updated_at": row.updated_ms})


class PromptVersion(Schema):
    """A fragment as it was."""

    version: int
    text: str
    restored_from: int | None
    created_at: Time

    @classmethod
    def of(cls, row: PromptVersionRow) -> "PromptVersion":
        return cls(version=row.version, text=row.text, restored_from=row.restored_from, created_at=row.created_ms)


class Restore(Schema):
    """Which version's text comes back, as a new version."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"version": 1}})

    version: int = Field(ge=1, le=MAX_VERSION)


class Variant(Schema):
    """One wording. Without `instructions` it is the agent as it is; `weight` is its share of the runs."""

    model_config = ConfigDict(extra="forbid")

    name: VariantName
    weight: float = Field(1.0, gt=0, le=1_000_000)
    instructions: Annotated[str, StringConstraints(max_length=MAX_INSTRUCTIONS)] | None = None


Variants = Annotated[list[Variant], Field(min_length=2, max_length=MAX_VARIANTS)]


def _names_differ(variants: list[Variant] | None) -> list[Variant] | None:
    names = [variant.name for variant in variants or ()]
    if len(set(names)) != len(names):
        raise ValueError("two variants have the same name")
    return variants


class NewExperiment(Schema):
    """Wordings to compare. `session`: a conversation keeps its variant; `person`: all runs of a person do."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "shorter-answers",
                "agent": "universal",
                "variants": [{"name": "as-it-is"}, {"name": "short", "instructions": "Answer in one sentence."}],
            }
        },
    )

    name: FragmentName
    agent: AgentName
    sticky: Sticky = "session"
    status: ExperimentStatus = "running"
    variants: Variants

    _names = field_validator("variants")(_names_differ)


class ChangeExperiment(Schema):
    """What changes. Variants of an experiment that has runs cannot: what was measured would mean something else."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"status": "stopped"}})

    status: ExperimentStatus | None = None
    sticky: Sticky | None = None
    variants: Variants | None = None

    _names = field_validator("variants")(_names_differ)

    _not_null = never_null()


class Experiment(NewExperiment):
    """An experiment."""

    model_config = ConfigDict(extra="ignore")

    id: str
    version: int
    created_at: Time
    updated_at: Time

    @classmethod
    def of(cls, row: ExperimentRow) -> "Experiment":
        names = ("id", "name", "agent", "sticky", "status", "variants", "version")
        fields = {name: getattr(row, name) for name in names}
        return cls.model_validate({**fields, "created_at": row.created_ms, "updated_at": row.updated_ms})


class VariantResult(Schema):
    """What the runs of a variant came to. Means and times are of ended runs; null when there are none to tell of.

    `success_low` and `success_high` bound the share that succeeds (95 %, Wilson). `is_small_sample`: too few runs ended
    for the figures to say much.
    """

    variant: str
    runs: int
    succeeded: int
    failed: int
    success_low: float | None
    success_high: float | None
    is_small_sample: bool
    mean_cost_usd: str | None
    mean_tokens: float | None
    p50_ms: int | None
    p95_ms: int | None
    steps: float | None = Field(description="Model calls a run.")
