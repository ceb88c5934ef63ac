"""What people want of memory, kept at hand: it is asked in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from entourage.llm.kept import Kept

if TYPE_CHECKING:
    from entourage.accounts.preferences import PreferenceStore
    from entourage.memory.service import Memories


class Wish(msgspec.Struct, frozen=True):
    """`recalls`: agents are reminded; `remembers`: turns are kept; `extract`: how facts are read out of them."""

    recalls: bool
    remembers: bool
    extract: Literal["auto", "rules", "off"]


class Wishes:
    """The preference `memory` and the settings of memory, by person."""

    def __init__(self, preferences: PreferenceStore, memories: Memories, *, remember: bool) -> None:
        self._preferences = preferences
        self._memories = memories
        self._remember = remember
        self._kept: Kept[bool] = Kept(self._is_on)
        preferences.on_change(self._kept.drop)

    async def recalls(self, owner_id: str) -> bool:
        """Whether agents are reminded."""
        return await self._kept.of(owner_id)

    async def of(self, owner_id: str) -> Wish:
        """Everything they want."""
        is_on = await self._kept.of(owner_id)
        if not (is_on and self._remember):
            return Wish(is_on, remembers=False, extract="off")
        settings = await self._memories.settings_of(owner_id)
        return Wish(recalls=True, remembers=settings.remember, extract=settings.extract)

    async def _is_on(self, owner_id: str) -> bool:
        preferences, _ = await self._preferences.get(owner_id)
        return preferences.memory == "on"
