"""What a judgement is."""

from __future__ import annotations

from typing import Literal

import msgspec

Behavior = Literal["allow", "ask", "deny"]

UNLISTED = "shell.unlisted"
"""The rule of commands that are neither known to be harmless nor known to be dangerous."""

_WEIGHT = {"allow": 0, "ask": 1, "deny": 2}


class Verdict(msgspec.Struct, frozen=True):
    """What a command may do. `rule` names what spoke, `reason` says it to a person and to a model."""

    behavior: Behavior
    rule: str = ""
    reason: str = ""

    @property
    def weight(self) -> tuple[int, bool]:
        """The graver the greater; a command that is merely unlisted weighs less than a suspicious one."""
        return _WEIGHT[self.behavior], self.rule != UNLISTED


HARMLESS = Verdict("allow", "shell.listed", "It only reads.")


def ask(rule: str, reason: str) -> Verdict:
    """A person should decide."""
    return Verdict("ask", f"shell.{rule}", reason)


def deny(rule: str, reason: str) -> Verdict:
    """It must not run."""
    return Verdict("deny", f"shell.{rule}", reason)


def unlisted(what: str) -> Verdict:
    """Neither good nor bad is known of it."""
    return Verdict("ask", UNLISTED, f"{what} is not on the list of harmless commands.")


def graver(one: Verdict, other: Verdict) -> Verdict:
    """The graver of two; the first of equals."""
    return other if other.weight > one.weight else one
