"""The vectors of the examples as they come with the package: nothing has to be embedded but the request itself.

`scripts/route_vectors.py` writes them. They are of one embedder and of just these examples; for others there are none.
A line of JSON, then the centre as 32-bit floats, then a byte for each place of each example, all little-endian.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec

from entourage.agents.routing.examples import INTENTS, by_intent, fingerprint
from entourage.llm.embeddings import Vector, normalised
from entourage.llm.intents import Prototypes

FILE = Path(__file__).with_name("examples.vectors")
_STEPS = 127


class _Head(msgspec.Struct):
    fingerprint: str
    dimensions: int
    scale: float


def kept_vectors(model: str) -> Prototypes | None:
    """Those of this embedder; None when the file has none for it."""
    try:
        line, _, rest = FILE.read_bytes().partition(b"\n")
        head = msgspec.json.decode(line, type=_Head)
    except (OSError, msgspec.DecodeError):
        return None
    if head.fingerprint != fingerprint(model):
        return None
    return _unpacked(head, rest)


def packed(model: str, vectors: Prototypes) -> bytes:
    """The content of the file."""
    every = [vector for label in INTENTS for vector in vectors.by_label[label]]
    scale = max(abs(value) for vector in every for value in vector)
    head = _Head(fingerprint(model), len(vectors.centre), scale)
    places = (round(value / scale * _STEPS) for vector in every for value in vector)
    return msgspec.json.encode(head) + b"\n" + _little(vectors.centre).tobytes() + array("b", places).tobytes()


def _unpacked(head: _Head, rest: bytes) -> Prototypes | None:
    size = head.dimensions
    centre_bytes = size * 4
    places = array("b", rest[centre_bytes:])
    if len(places) != size * sum(map(len, by_intent().values())):
        return None
    centre = array("f", rest[:centre_bytes])
    rows = iter(range(0, len(places), size))
    by_label = {label: [_vector(places, next(rows), size) for _ in by_intent()[label]] for label in INTENTS}
    return Prototypes(_little(centre), by_label)


def _vector(places: Sequence[int], start: int, size: int) -> Vector:
    return normalised(places[start : start + size])


def _little(vector: Vector) -> Vector:
    """The same numbers in the order of bytes of the file."""
    if sys.byteorder == "big":
        vector = array("f", vector)
        vector.byteswap()
    return vector
