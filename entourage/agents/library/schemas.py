"""Agents as files over the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.kit.schema import Schema

FILE_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}\.md$"
"""No folder, no dot at the front: such a name cannot lead anywhere else."""

MAX_FILES = 200


class AgentFile(Schema):
    """One agent: front matter and instructions."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(max_length=300)]
    text: str = Field(max_length=1_048_576)


class AgentFiles(Schema):
    """A team."""

    files: list[AgentFile]


class ImportAgents(Schema):
    """Files to make agents of; with `replace` those of the same name become what the files say."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"files": [{"name": "poet.md", "text": "---\nname: poet\n---\n\nAnswer in four lines.\n"}]}
        },
    )

    files: list[AgentFile] = Field(min_length=1, max_length=MAX_FILES)
    replace: bool = False


class Imported(Schema):
    """What became of one file. `ignored` names what has no meaning here."""

    name: str
    agent: str | None = None
    outcome: Literal["created", "updated", "unchanged", "refused"]
    error: str | None = None
    ignored: list[str] = []


class ImportedFiles(Schema):
    """What became of them all."""

    items: list[Imported]
