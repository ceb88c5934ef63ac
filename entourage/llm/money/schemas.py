"""Budgets over the wire. Money is decimal US dollars in text."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema
from entourage.llm.schemas import Dollars

SubjectId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="A key's id, an agent's name, a workspace's name; null for the person."),
]
SubjectName = Literal["user", "key", "agent", "workspace"]
PeriodName = Annotated[Literal["day", "month"], Field(description="In UTC.")]
Soft = Annotated[Dollars | None, Field(description="Past it there is one event; calls go on.")]
Hard = Annotated[Dollars | None, Field(description="Past it calls are refused.")]


class Limits(Schema):
    """What may be spent in a period."""

    model_config = ConfigDict(extra="forbid")

    period: PeriodName = "month"
    soft_usd: Soft = None
    hard_usd: Hard = None

    @model_validator(mode="after")
    def _some(self) -> "Limits":
        if self.soft_usd is None and self.hard_usd is None:
            raise ValueError("give soft_usd or hard_usd")
        return self


class BudgetIn(Limits):
    """A new budget."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"subject": "user", "period": "month", "hard_usd": "20"}}
    )

    subject: SubjectName
    subject_id: SubjectId | None = None

    @model_validator(mode="after")
    def _named(self) -> "BudgetIn":
        if (self.subject == "user") != (self.subject_id is None):
            raise ValueError("give subject_id for a key, an agent or a workspace, and none for the person")
        return self


class AdminBudgetIn(BudgetIn):
    """A new budget of somebody's, that they cannot raise."""

    model_config = ConfigDict(extra="forbid")

    owner_id: Id


class BudgetPatch(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"hard_usd": "30"}})

    soft_usd: Soft = None
    hard_usd: Hard = None


class BudgetOut(Schema):
    """A budget and where it stands. One set by an admin cannot be changed by its person."""

    id: Id
    subject: SubjectName
    subject_id: str | None
    subject_name: str = Field(examples=["laptop"])
    period: PeriodName
    soft_usd: str | None
    hard_usd: str | None = Field(examples=["20"])
    spent_usd: str = Field(examples=["3.5"])
    resets_at: Time
    set_by: Literal["self", "admin"]
    version: int


class AdminBudgetOut(BudgetOut):
    """A budget as an admin sees it."""

    owner_id: Id
    owner_name: str = Field(description="The person's e-mail address.")
