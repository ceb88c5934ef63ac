"""What an agent is told: its own instructions, the team, the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from entourage.agents.service import Agents
from entourage.agents.work import Work
from entourage.llm.inside.quotations import TELLING
from entourage.tools.tool import Tool


async def instructions(agents: Agents, work: Work, tools: Sequence[Tool]) -> str:
    """The system prompt of one run."""
    worded = await agents.wording.of(work.owner_id, work.run, work.agent)
    lines = [*map(str.strip, worded), f"Today is {datetime.now(UTC):%A, %d %B %Y} (UTC)."]
    if any(tool.name == "call_agent" for tool in tools):
        team = [member for member in await agents.list(work.owner_id) if member.status == "active"]
        others = [f"- {member.name}: {member.role}" for member in team if member.name != work.agent.name]
        lines.append("Your team, for call_agent:\n" + "\n".join(others))
    if work.recorded.context:
        lines.append(TELLING)
    if work.run.parent_run_id:
        lines.append("You were called by another agent: your final answer goes to it, not to the user.")
    return "\n\n".join(line for line in lines if line)
