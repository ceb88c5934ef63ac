"""The labelled examples that requests are compared with, in English, Portuguese and Russian."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from entourage.llm.intents import calmed

Intent = Literal["direct", "agent", "plan", "desktop", "command"]
"""What a request asks for: an answer at once, one specialist, a plan, the screen, the platform itself."""

INTENTS: tuple[Intent, ...] = get_args(Intent)

_FILE = Path(__file__).with_name("examples.jsonl")


class Example(msgspec.Struct, frozen=True):
    """A request and what it asks for; of the class `agent` with the member of the default team whose craft it is."""

    intent: Intent
    text: str
    agent: str | None = None


@cache
def labelled() -> tuple[Example, ...]:
    """All of them, in the order of the file."""
    lines = _FILE.read_bytes().splitlines()
    return tuple(msgspec.json.decode(line, type=Example) for line in lines if line)


@cache
def by_intent() -> Mapping[str, Sequence[str]]:
    """Their texts by class."""
    return {intent: [one.text for one in labelled() if one.intent == intent] for intent in INTENTS}


@cache
def crafts() -> Sequence[str | None]:
    """Whose craft each example of the class `agent` is."""
    return [one.agent for one in labelled() if one.intent == "agent"]


def fingerprint(model: str) -> str:
    """Names the vectors of just these examples by just this embedder."""
    told = [model, *(f"{one.intent} {calmed(one.text)}" for one in labelled())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
