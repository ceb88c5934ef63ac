"""Snapshots over the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from entourage.accounts.schemas import Body
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

SnapshotName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class SnapshotIn(Body):
    """A name to know it by."""

    name: SnapshotName | None = None


class SnapshotOut(Schema):
    """The files of a sandbox at a moment."""

    id: Id
    name: str | None
    sandbox_id: Id = Field(description="The sandbox it was taken from, which may have ended.")
    size_bytes: int = Field(description="Packed.")
    created_at: Time
