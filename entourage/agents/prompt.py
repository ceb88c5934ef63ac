"""What an agent is told: its own instructions, the team, the day; and the person's message with its pictures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime

from entourage.agents.history import ATTACHMENTS_FOLDER, prompt_text
from entourage.agents.service import Agents
from entourage.agents.work import Work
from entourage.events.message import AttachmentPart, Message
from entourage.kit.errors import Problem
from entourage.llm.translate.neutral import Image, Part, Text
from entourage.tools.tool import Tool
from entourage.workspaces.files import WorkspaceFiles

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


async def prompt_parts(message: Message, files: WorkspaceFiles, *, images: bool) -> list[Part]:
    """The person's message; attached pictures go along when the model may see them."""
    parts: list[Part] = [Text(prompt_text(message))]
    if images:
        for part in message.parts:
            if isinstance(part, AttachmentPart) and part.mime in IMAGE_TYPES and part.size <= MAX_IMAGE_BYTES:
                parts += await _picture(part, files)
    return parts


async def _picture(part: AttachmentPart, files: WorkspaceFiles) -> list[Image]:
    try:
        picture = await files.read_bytes(f"{ATTACHMENTS_FOLDER}/{part.name}")
    except Problem:  # the agent may have moved it away since
        return []
    return [Image(data=b64encode(picture).decode(), media_type=part.mime)]
