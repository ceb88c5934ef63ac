"""Applying policies of tools: rows in, terms of a call out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from entourage.tools.caller import Caller
from entourage.tools.grants.globs import among, weight
from entourage.tools.terms import Bound, Grant, Terms
from entourage.tools.tool import Tool

ANYBODY = "*"
_MAX_REMEMBERED = 10_000


class Policy(NamedTuple):
    """One policy as it is applied."""

    id: str
    subject: str
    tool: str
    by_admin: bool
    grant: Grant | None = None
    rps: float | None = None
    concurrency: int | None = None
    quota_per_day: int | None = None
    cache_seconds: int | None = None
    timeout_seconds: float | None = None

    def speaks_of(self, caller: Caller, tool: str) -> bool:
        """Whether it is about this caller and this tool."""
        about = self.subject in (ANYBODY, f"source:{caller.source}", f"agent:{caller.agent}")
        return about and (self.tool == tool or fnmatchcase(tool, self.tool))


class PolicySet:
    """All policies that hold for one person. What they come to is remembered."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = sorted(policies, key=_closeness, reverse=True)
        self._known: dict[tuple[str, str, str], Terms] = {}

    def terms(self, caller: Caller, tool: str) -> Terms:
        """What they say of a call. The closest word counts; a person's own before an admin's, save a denial."""
        key = (caller.source, caller.agent, tool)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MAX_REMEMBERED:
                self._known.clear()
            known = self._known[key] = self._summed(caller, tool)
        return known

    def _summed(self, caller: Caller, tool: str) -> Terms:
        mine = [policy for policy in self._policies if policy.speaks_of(caller, tool)]
        return Terms(
            grant=next((one.grant for one in mine if one.grant is not None), None),
            forbidden=any(one.by_admin and one.grant == "deny" for one in mine),
            bounds=tuple(bound for one in mine if (bound := _bound(one)) is not None),
            cache_seconds=next((one.cache_seconds for one in mine if one.cache_seconds is not None), None),
            timeout_seconds=next((one.timeout_seconds for one in mine if one.timeout_seconds is not None), None),
        )


def granted(tool: Tool, grants: Mapping[str, Grant], terms: Terms) -> Grant:
    """May it be called: an admin's denial, then the agent's own grants, then policies, then the tool's default."""
    if terms.forbidden:
        return "deny"
    return among(grants, tool.name) or terms.grant or tool.default_grant


def _bound(policy: Policy) -> Bound | None:
    if policy.rps is None and policy.concurrency is None and policy.quota_per_day is None:
        return None
    return Bound(policy.id, policy.rps, policy.concurrency, policy.quota_per_day)


def _closeness(policy: Policy) -> tuple[bool, bool, tuple[bool, int]]:
    return (not policy.by_admin, policy.subject != ANYBODY, weight(policy.tool))
