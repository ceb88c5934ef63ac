"""What members are told: by way of whoever keeps the log of events, given at the start."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from entourage.workspaces.memberships import Memberships
from entourage.workspaces.types import Entry

MOST_PATHS_TOLD = 200
MOST_REMEMBERED = 20_000


class By(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it: a person, an agent of theirs, or a program."""

    user_id: str | None = None
    agent: str | None = None
    process: str | None = None

    def wire(self) -> dict[str, str]:
        """As it goes into an event."""
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value}


class Changed(msgspec.Struct, frozen=True, omit_defaults=True, rename={"was": "from"}):
    """What became of a path; `was` is where it was moved from."""

    path: str
    kind: Literal["written", "deleted", "moved", "folder"]
    was: str | None = None
    etag: str | None = None

    @classmethod
    def written(cls, entry: Entry) -> Changed:
        if entry.kind == "folder":
            return cls(entry.path, "folder")
        return cls(entry.path, "written", etag=entry.etag)


Tell: TypeAlias = Callable[[Sequence[str], str, dict[str, Any]], Awaitable[None]]
"""Tells people (by id) an event of a type. It never fails: what cannot be told now is told a little later."""


class Telling:
    """Tells every member of a workspace what happens in it."""

    def __init__(self, memberships: Memberships, tell: Tell) -> None:
        self._memberships = memberships
        self._tell = tell
        self._told: OrderedDict[tuple[str, str], str | None] = OrderedDict()

    async def changed(self, workspace_id: str, paths: Sequence[Changed], by: By) -> None:
        """Files changed. Of very many at once only the first are named; then members look for themselves."""
        if not paths:
            return
        self._remember(workspace_id, paths)
        data = {
            "workspace_id": workspace_id,
            "paths": [msgspec.to_builtins(one) for one in paths[:MOST_PATHS_TOLD]],
            "truncated": len(paths) > MOST_PATHS_TOLD,
            "by": by.wire(),
        }
        await self.say(workspace_id, "workspace_changed", data)

    async def updated(self, workspace_id: str, what: str, data: dict[str, Any]) -> None:
        """Something about it changed: "workspace", "members", "review", "git"."""
        await self.say(workspace_id, "workspace_updated", {"workspace_id": workspace_id, "what": what, "data": data})

    async def say(self, workspace_id: str, kind: str, data: dict[str, Any]) -> None:
        """Any event, to every member."""
        await self._tell(await self._memberships.everybody(workspace_id), kind, data)

    async def to(self, people: Sequence[str], kind: str, data: dict[str, Any]) -> None:
        """Any event, to these people."""
        await self._tell(people, kind, data)

    def untold(self, workspace_id: str, paths: Sequence[Changed]) -> list[Changed]:
        """What members do not know yet: who looks at the files afterwards sees what was told already, too."""
        unknown = object()
        return [one for one in paths if self._told.get((workspace_id, one.path), unknown) != _state(one)]

    def _remember(self, workspace_id: str, paths: Sequence[Changed]) -> None:
        for one in paths:
            if one.was:
                self._told[workspace_id, one.was] = None
            self._told[workspace_id, one.path] = _state(one)
            self._told.move_to_end((workspace_id, one.path))
        while len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)


def _state(changed: Changed) -> str | None:
    return changed.kind if changed.kind == "folder" else changed.etag
