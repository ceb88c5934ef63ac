"""Tools called as an agent of a conversation calls them."""

from __future__ import annotations

from typing import Any

from entourage.tools.caller import Caller
from entourage.tools.service import Tools
from entourage.tools.tool import ToolResult
from tests.world import Person, World

ALLOWED = {"*": "allow"}


class Agent:
    """An agent of somebody's team in one conversation."""

    def __init__(self, world: World, person: Person, chat_id: str, name: str = "coder") -> None:
        self._tools = world.services.get(Tools)
        self._caller = Caller(person.id, "team", agent=name, chat_id=chat_id, run_id=chat_id, session_id=chat_id)

    async def call(self, tool: str, **args: Any) -> ToolResult:
        """What became of a call that everything is granted to."""
        return await self._tools.call(self._caller, tool, args, grants=ALLOWED)  # pyright: ignore[reportArgumentType]

    async def does(self, tool: str, **args: Any) -> str:
        """The text of a call that succeeds."""
        result = await self.call(tool, **args)
        assert result.success, result.text
        return result.text


async def agent_in(world: World, person: Person, workspace_id: str | None) -> Agent:
    """The coder, in a new conversation that works there."""
    chat = await person.post("/my/chat", {"workspace_id": workspace_id} if workspace_id else {}, 201)
    assert chat["workspace_id"] == workspace_id
    return Agent(world, person, chat["id"])
