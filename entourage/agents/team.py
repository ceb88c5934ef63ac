"""The team everyone starts with: the files in `default_team/`."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from entourage.agents.library.markdown import read_agent
from entourage.agents.schemas import NewAgent

DEFAULT_AGENT = "orchestrator"
"""Who answers when nobody is named."""

DESKTOP_AGENT, COMMAND_AGENT = "operator", "command"
"""Who works the screen, and who runs the platform's own commands."""

TEAM = ("orchestrator", "universal", "architect", "coder", "researcher", "operator", "tester", "command")
"""Their names, in the order in which they are shown."""

_FOLDER = Path(__file__).with_name("default_team")


class DefaultAgent(msgspec.Struct, frozen=True):
    """One member of the default team. `fingerprint` names this wording of it."""

    fields: NewAgent
    fingerprint: str

    @property
    def name(self) -> str:
        return self.fields.name


@cache
def default_team() -> tuple[DefaultAgent, ...]:
    """All members, read when they are first needed."""
    return tuple(_read(name) for name in TEAM)


def _read(name: str) -> DefaultAgent:
    text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return DefaultAgent(read_agent(text).fields, hashlib.sha256(text.encode()).hexdigest()[:32])
