"""What is found in a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

By: TypeAlias = Literal["rules", "model"]

RELATIONS = (
    "RELATES_TO",
    "BELONGS_TO",
    "SUPPORTS",
    "DEPENDS_ON",
    "RELATED_TO",
    "PART_OF",
    "IMPLEMENTS",
    "USES",
    "CREATED",
    "CONTAINS",
)
"""Types of edges between what is spoken of."""

MAX_CONCEPTS = 24
"""Concepts of one memory: what is spoken of most."""
MAX_RELATIONS = 24


class Relation(NamedTuple):
    """One thing has to do with another; by the ids of concepts."""

    source: str
    type: str
    target: str


class Concept(msgspec.Struct, frozen=True):
    """Something a text speaks of, and how often."""

    id: str
    name: str
    count: int = 1


class Extracted(msgspec.Struct, frozen=True):
    """What one text speaks of."""

    concepts: Sequence[Concept] = ()
    relations: Sequence[Relation] = ()
    by: By = "rules"


class MemoryText(msgspec.Struct, frozen=True):
    """A memory as the graph sees it. `source` is what its `source` is on the wire."""

    id: str
    text: str
    kind: str
    source: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    tags: Sequence[str] = ()
    document_id: str | None = None
    agent: str | None = None
    is_shared: bool = False
    """Whether it is of a workspace, not of a person."""
