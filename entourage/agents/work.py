"""A run while a worker has it: everything the run loop and the tools need to know of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.bus.stopping import StopReason
from entourage.agents.runs import Claim, Runs
from entourage.agents.schemas import Agent
from entourage.agents.steps import Recorded
from entourage.agents.tables import RunRow
from entourage.agents.turn import Turn
from entourage.events.message import Message
from entourage.stores.sql import Within
from entourage.tools.caller import Caller
from entourage.tools.pipeline import Pipeline
from entourage.tools.tool import Decision, Question, Tool, ToolCall, ToolResult

MAX_DEPTH = 4
"""How deep agents may call each other."""


class Summary(msgspec.Struct, frozen=True):
    """What was said up to and with a message, told shorter. `messages` is how many it tells of."""

    upto_message_id: str
    messages: int
    text: str


class Asked(msgspec.Struct, frozen=True):
    """What a run is to answer: the messages before, maybe with a summary of the oldest, the message, the turn.

    `question` is the message as the person wrote it, where the prompt says more than that; `workspace_id` is where the
    conversation works, whether or not the person may still go there.
    """

    history: list[Message]
    prompt: Message
    reply: Message
    summary: Summary | None = None
    question: Message | None = None
    workspace_id: str | None = None


class Conversation(Protocol):
    """Where turns come from and go to; `chats/` implements it."""

    async def prompt(self, owner_id: str, run: RunRow) -> Asked:
        """What the run is to answer. Raises NotFound."""
        ...

    async def keep_summary(self, owner_id: str, chat_id: str, summary: Summary) -> None:
        """Keep a summary for later turns; nothing happens to one that is kept."""
        ...

    async def settle(self, within: Within, message: Message) -> None:
        """Keep the finished turn, in the caller's transaction."""
        ...

    async def settled(self, owner_id: str, message: Message) -> None:
        """Tell listeners that the conversation changed."""
        ...

    async def reopen(self, session: AsyncSession, run: RunRow) -> None:
        """The run of a turn that had failed goes on, in the caller's transaction. Raises Conflict."""
        ...


class Requests(Protocol):
    """What a tool may ask for beyond itself, on behalf of a run."""

    async def ask(self, work: Work, call: ToolCall, question: Question) -> Decision: ...

    async def decided(self, work: Work, call: ToolCall) -> Decision | None: ...

    async def delegate(self, work: Work, call: ToolCall, agent: str, task: str) -> ToolResult: ...


class Work(msgspec.Struct):
    """State of one attempt at a run; handed to every tool call."""

    claim: Claim
    run: RunRow
    agent: Agent
    turn: Turn
    recorded: Recorded
    runs: Runs
    pipeline: Pipeline
    requests: Requests
    history: Sequence[Message]
    prompt: Message
    question: Message
    summary: Summary | None = None
    stop: StopReason = msgspec.field(default_factory=StopReason)
    workspace_id: str | None = None
    recording: set[asyncio.Task[None]] = msgspec.field(default_factory=set[asyncio.Task[None]])
    """Results that are being recorded whatever happens to the run."""

    @property
    def owner_id(self) -> str:
        return self.claim.owner_id

    @property
    def ordinal(self) -> int:
        """Which response the calls going on belong to."""
        return len(self.recorded.replies) - 1

    def call(self, tool: Tool, args: dict[str, Any], key: str, tool_call_id: str) -> ToolCall:
        """A call of this run, ready for the pipeline."""
        return ToolCall(
            tool=tool,
            args=args,
            caller=Caller(
                self.owner_id,
                "team",
                agent=self.agent.name,
                chat_id=self.run.chat_id,
                run_id=self.run.id,
                session_id=self.run.chat_id,
            ),
            tool_call_id=tool_call_id,
            key=f"{self.run.id}:{key}",
            grants=self.agent.tools,
            team=_Team(self),
        )


class _Team:
    """`Team` for the calls of one run."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def ask(self, call: ToolCall, question: Question) -> Decision:
        return await self._work.requests.ask(self._work, call, question)

    async def decided(self, call: ToolCall) -> Decision | None:
        if self._work.claim.fence == 1:  # a run that never waited for anybody
            return None
        return await self._work.requests.decided(self._work, call)

    async def delegate(self, call: ToolCall, agent: str, task: str) -> ToolResult:
        return await self._work.requests.delegate(self._work, call, agent, task)
