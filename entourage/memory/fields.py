"""Fields that several doors of memory take."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from entourage.observe.recorded import client_time

MAX_TEXT = 200_000
"""Characters of one text that is stored; what the embedder does not read at once is split into parts."""
MAX_QUERY = 10_000
MAX_TAGS = 32
MAX_FILTERS = 100

Kind = Literal["interaction", "document", "fact"]
Content = Literal["text", "code"]
SourceType = Literal["chat", "file", "artifact", "url", "person", "agent", "import", "repository"]
Mode = Literal["hybrid", "dense", "sparse"]
Scope = Literal["own", "shared", "all", "none"]

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUERY, pattern=r"\S")]
AgentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,31}$")]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Share = Annotated[float, Field(ge=0, le=1)]


def _moment(value: Any) -> Any:
    if value is None:
        return None
    found = client_time(value)
    if found is None:
        raise ValueError("give RFC 3339 or epoch milliseconds")
    return found


Moment = Annotated[
    int,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-14T22:13:20.000Z"]}),
]
"""Epoch milliseconds of a time as a client tells it."""
