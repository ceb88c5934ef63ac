"""What people send to runs that go on."""

from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints

from entourage.kit.schema import Schema

MAX_NOTE = 20_000

NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE)]


class PauseRun(Schema):
    """Rest after what it is doing, or at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"how": "pause"}})

    how: Literal["pause", "interrupt"] = "pause"


class ResumeRun(Schema):
    """Go on, maybe with a word."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "Leave the tests out."}})

    text: NoteText | None = None


class SteerRun(Schema):
    """What the agent reads before it goes on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "Also look at the licences."}})

    text: NoteText
