"""Git for people and agents: what a command does to the files is told like any other change."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from entourage.accounts.people import People
from entourage.workspaces.git.running import Author
from entourage.workspaces.git.schemas import Checkout, Committed, GitStatus, NewCommit
from entourage.workspaces.git.service import Git
from entourage.workspaces.places import Place, Places


class GitDesk:
    """Git in places; `read` is what only looks. Raises Forbidden for viewers, and what `Git` raises."""

    def __init__(self, git: Git, places: Places, people: People) -> None:
        self.read = git
        self._places = places
        self._people = people

    async def init(self, place: Place) -> GitStatus:
        """Make it a repository."""
        async with self._doing(place):
            return await self.read.init(place)

    async def stage(self, place: Place, paths: Sequence[str]) -> GitStatus:
        """Take files as they are into the next commit."""
        async with self._doing(place):
            return await self.read.stage(place, paths)

    async def unstage(self, place: Place, paths: Sequence[str]) -> GitStatus:
        """Leave files out of the next commit."""
        async with self._doing(place):
            return await self.read.unstage(place, paths)

    async def discard(self, place: Place, paths: Sequence[str]) -> GitStatus:
        """Files as they were staged or committed."""
        async with self._doing(place):
            return await self.read.discard(place, paths)

    async def commit(self, place: Place, new: NewCommit, agent: str = "") -> Committed:
        """Commit in the caller's name; an agent's commits say whose they are."""
        person = await self._people.get(place.user_id)
        name = person.full_name or person.email
        author = Author(f"{name} ({agent})" if agent else name, person.email)
        async with self._doing(place, agent):
            return await self.read.commit(place, new, author)

    async def checkout(self, place: Place, checkout: Checkout) -> GitStatus:
        """Go to a branch."""
        async with self._doing(place):
            return await self.read.checkout(place, checkout)

    @asynccontextmanager
    async def _doing(self, place: Place, agent: str = "") -> AsyncGenerator[None]:
        place.require_writing()
        async with self._places.working(place, agent):
            yield
        self.read.forget(place.key)
        await self._places.updated(place, "git", {"by": {"agent": agent} if agent else {"user_id": place.user_id}})
