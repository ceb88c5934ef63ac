"""ask_user and call_agent: the people and agents around a running agent."""

from __future__ import annotations

from pydantic import Field

from entourage.kit.schema import Schema
from entourage.tools.tool import Question, Tool, ToolCall, ToolResult, tool_of


class AskUser(Schema):
    """Ask the user and wait for the answer. Only for choices that are theirs; offer options when there are few."""

    question: str = Field(min_length=1, max_length=2000)
    options: list[str] = Field([], max_length=10)


class CallAgent(Schema):
    """Give a task to another agent of the team and get its answer. It sees the same working folder but not this
    conversation: say everything it needs."""

    agent: str = Field(max_length=64)
    task: str = Field(min_length=1, max_length=50_000)


async def ask_user(call: ToolCall, args: AskUser) -> ToolResult:
    """The user's answer."""
    decision = await call.team.ask(call, Question("question", args.question, tuple(args.options), "low"))
    if not decision.approved:
        return ToolResult.failure(f"The user did not answer: {decision.reason or 'they declined'}.", "denied")
    return ToolResult(decision.answer or "")


async def call_agent(call: ToolCall, args: CallAgent) -> ToolResult:
    """The other agent's answer."""
    return await call.team.delegate(call, args.agent.removeprefix("@"), args.task)


def team_tools() -> list[Tool]:
    """Both; neither has a deadline of its own: people take their time, agents have their limits."""
    return [
        tool_of("ask_user", AskUser, ask_user, timeout_seconds=None),
        tool_of("call_agent", CallAgent, call_agent, timeout_seconds=None),
    ]
