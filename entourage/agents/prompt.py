"""What an agent is told: its own instructions, the team, the day; and the person's message with its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from entourage.agents.history import ATTACHMENTS_FOLDER, prompt_text
from entourage.agents.service import Agents
from entourage.agents.work import Work
from entourage.events.message import AttachmentPart, Message
from entourage.kit.errors import Problem
from entourage.tools.tool import Tool
from entourage.workspaces.files import WorkspaceFiles

if TYPE_CHECKING:
    from pydantic_ai.messages import UserContent

IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
MAX_IMAGE_BYTES = 5 * 1_048_576


async def instructions(agents: Agents, work: Work, tools: Sequence[Tool]) -> str:
    """The system prompt of one run."""
    lines = [work.agent.instructions.strip(), f"Today is {datetime.now(UTC):%A, %d %B %Y} (UTC)."]
    if any(tool.name == "call_agent" for tool in tools):
        team = [member for member in await agents.list(work.owner_id) if member.status == "active"]
        others = [f"- {member.name}: {member.role}" for member in team if member.name != work.agent.name]
        lines.append("Your team, for call_agent:\n" + "\n".join(others))
    if work.run.parent_run_id:
        lines.append("You were called by another agent: your final answer goes to it, not to the user.")
    return "\n\n".join(line for line in lines if line)


async def prompt_content(message: Message, files: WorkspaceFiles, *, images: bool) -> str | list[UserContent]:
    """The person's message; attached pictures go along when the model may see them."""
    text = prompt_text(message)
    pictures: list[UserContent] = []
    if images:
        for part in message.parts:
            if isinstance(part, AttachmentPart) and part.mime in IMAGE_TYPES and part.size <= MAX_IMAGE_BYTES:
                pictures += await _picture(part, files)
    return [text, *pictures] if pictures else text


async def _picture(part: AttachmentPart, files: WorkspaceFiles) -> list[UserContent]:
    from pydantic_ai import BinaryContent

    try:
        return [BinaryContent(await files.read_bytes(f"{ATTACHMENTS_FOLDER}/{part.name}"), media_type=part.mime)]
    except Problem:  # the agent may have moved it away since
        return []
