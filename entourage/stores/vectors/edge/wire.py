"""What parent and child say to each other: frames of a length, the number of a call, and a message in msgpack."""

from __future__ import annotations

from struct import Struct as Layout
from typing import TypeAlias

from msgspec import Raw, Struct, msgpack

from entourage.stores.vectors.base import Payload, Where

HEAD = Layout("!IQ")
"""Bytes of the message, number of the call."""

MOST_BYTES = 256 * 1_048_576
"""No message is longer; whoever says so is not one of us."""


class PackedPoint(Struct, array_like=True):
    """A point: `dense` and `values` are 32-bit floats, `indices` 32-bit integers, in this machine's order."""

    id: str
    dense: bytes
    indices: bytes
    values: bytes
    payload: Payload


class PackedSearch(Struct, array_like=True):
    """One search: by `dense`, or where that is empty by terms."""

    dense: bytes
    indices: bytes
    values: bytes
    limit: int
    where: Where | None


class Upsert(Struct, tag="upsert", array_like=True):
    owner: str
    points: list[PackedPoint]


class Delete(Struct, tag="delete", array_like=True):
    """These ids, or what matches when `ids` is None."""

    owner: str
    ids: list[str] | None
    where: Where | None


class Find(Struct, tag="find", array_like=True):
    owner: str
    searches: list[PackedSearch]


class Fetch(Struct, tag="fetch", array_like=True):
    """The vectors of these ids."""

    owner: str
    ids: list[str]


class Count(Struct, tag="count", array_like=True):
    owner: str | None
    where: Where | None


class Scroll(Struct, tag="scroll", array_like=True):
    owner: str
    after: str | None
    limit: int


class Look(Struct, tag="look", array_like=True):
    """How large the collection is."""


class Freeze(Struct, tag="freeze", array_like=True):
    """From now on keep a journal of changes."""


class Thaw(Struct, tag="thaw", array_like=True):
    """Keep no journal any more."""


class Copy(Struct, tag="copy", array_like=True):
    """To a builder: copy the collection, in which nothing changes until this is answered."""


class Take(Struct, tag="take", array_like=True):
    """To a builder: catch up with the journal, which grows no more, and be what the collection is from now on."""


Change: TypeAlias = Upsert | Delete
Message: TypeAlias = Upsert | Delete | Find | Fetch | Count | Scroll | Look | Freeze | Thaw | Copy | Take


class Size(Struct, array_like=True):
    """Answer to `Look`; `stale` says that building anew is worth it."""

    points: int
    indexed: int
    stale: bool


Found: TypeAlias = list[list[tuple[str, float, Payload]]]


class Failed(Struct, array_like=True):
    """A call failed; `kind` is one of `invalid`, `damaged`, `failed`."""

    kind: str
    detail: str


class Reply(Struct, array_like=True):
    """Either what was asked for, encoded, or how it failed."""

    given: Raw
    failed: Failed | None = None


def framed(call: int, message: object) -> bytes:
    """A whole frame."""
    body = msgpack.encode(message)
    return HEAD.pack(len(body), call) + body


def given(value: object) -> Reply:
    return Reply(Raw(msgpack.encode(value)))


messages = msgpack.Decoder(Message)
replies = msgpack.Decoder(Reply)

WRITES = (Upsert, Delete)
READS = (Find, Fetch, Count, Scroll, Look)

NULL = Raw(msgpack.encode(None))
