"""Terminals over the wire."""

from typing import Literal, TypeAlias

import msgspec
from pydantic import Field

from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

MOST_ROWS, MOST_COLS = 1_000, 2_000


class NewTerminal(Schema):
    """A shell, or a command, on a pty in a sandbox: one of a workspace, of a conversation, or any of yours, else a
    fresh one."""

    workspace_id: Id | None = None
    chat_id: Id | None = None
    sandbox_id: Id | None = None
    rows: int = Field(24, ge=1, le=MOST_ROWS)
    cols: int = Field(80, ge=1, le=MOST_COLS)
    command: str | None = Field(None, min_length=1, max_length=20_000, description="For bash -c; else a login shell.")
    record: bool = False


class Terminal(Schema):
    """A terminal. `offset` counts the bytes its program has printed."""

    id: str
    sandbox_id: str
    workspace_id: str | None
    title: str
    rows: int
    cols: int
    status: Literal["running", "exited"]
    exit_code: int | None
    offset: int
    viewers: int
    recording: bool
    created_at: Time


class TerminalList(Schema):
    """Your terminals, and those of your workspaces, oldest first."""

    items: list[Terminal]


class Record(Schema):
    """Begin to record, or end and keep what was recorded."""

    on: bool


class Recorded(Schema):
    """`artifact_id` of the recording that has just ended."""

    recording: bool
    artifact_id: str | None


class Ack(msgspec.Struct, tag="ack"):
    """All output before `offset` is drawn."""

    offset: int


class Resize(msgspec.Struct, tag="resize"):
    """The client's window has another size."""

    rows: int
    cols: int


class Ping(msgspec.Struct, tag="ping"):
    """Are you there?"""


Said: TypeAlias = Ack | Resize | Ping
