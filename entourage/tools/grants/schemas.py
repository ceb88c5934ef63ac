"""Policies of tools over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from entourage.kit.clock import Time
from entourage.kit.schema import Schema
from entourage.tools.grants.globs import ToolGlob
from entourage.tools.terms import Grant

SUBJECT = r"^(\*|agent:[a-z][a-z0-9_-]{1,31}|source:(team|api|mcp|cli))$"

Subject = Annotated[
    str,
    StringConstraints(pattern=SUBJECT),
    Field(description="Whom it is about: `*`, `agent:NAME`, or `source:` and team, api, mcp or cli."),
]


class _Fields(Schema):
    """What a policy says; null: nothing. Limits count for each person."""

    model_config = ConfigDict(extra="forbid")

    grant: Grant | None = Field(None, description="An agent's own grants go first; an admin's deny before all.")
    rps: float | None = Field(
        None, gt=0, le=10_000, allow_inf_nan=False, description="Calls a second, in this process."
    )
    concurrency: int | None = Field(None, ge=1, le=10_000, description="Calls at once, in this process.")
    quota_per_day: int | None = Field(None, ge=0, le=10**9, description="Calls a day (UTC).")
    cache_seconds: int | None = Field(None, ge=0, le=86_400, description="Keeps results of tools that only read.")
    timeout_seconds: float | None = Field(None, ge=1, le=300, allow_inf_nan=False)


class ToolPolicyIn(_Fields):
    """A new policy."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"subject": "*", "tool": "github.*", "grant": "ask", "rps": 2}}
    )

    subject: Subject = "*"
    tool: ToolGlob = Field(description="A tool, or a pattern of names such as `github.*`.")

    @model_validator(mode="after")
    def _says_something(self) -> "ToolPolicyIn":
        if all(getattr(self, name) is None for name in _Fields.model_fields):
            raise ValueError(
                "say at least one of grant, rps, concurrency, quota_per_day, cache_seconds, timeout_seconds"
            )
        return self


class ToolPolicyPatch(_Fields):
    """What changes; null takes a word back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"grant": "allow"}})


class ToolPolicyOut(_Fields):
    """A policy; an admin's holds for everybody."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)

    id: str
    subject: str
    tool: str
    set_by: Literal["self", "admin"]
    version: int
    created_at: Time
