"""A command and what it says, as a person on their own machine runs it."""

from __future__ import annotations

import os

from tests import warm
from tests.world import Person, World


async def said_by(world: World | None, person: Person | None, *arguments: str, **env: str) -> tuple[int, str, str]:
    """Exit code, output and what is said beside; without a person the command knows no server."""
    known = {"ENTOURAGE_URL": world.url, "ENTOURAGE_TOKEN": person.token} if world and person else {}
    return await warm.said(*arguments, env=os.environ | known | env)
