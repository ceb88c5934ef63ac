"""The offline model: answers decided by the messages alone."""

from __future__ import annotations

import asyncio
import re
from secrets import token_hex

from entourage.kit.errors import Unavailable
from entourage.kit.json import encode
from entourage.llm.embeddings import Embedder
from entourage.llm.intents import IntentClassifier
from entourage.llm.offline.flows import next_step
from entourage.llm.offline.intents import HINT_EXAMPLES, Intent
from entourage.llm.offline.phrases import hint_for
from entourage.llm.offline.router import route
from entourage.llm.offline.situation import Situation, read_situation
from entourage.llm.offline.step import PlannedCall, Step
from entourage.llm.translate.neutral import Request
from entourage.llm.translate.sink import Sink, now_seconds

_SURE = 0.5
_CHUNK = re.compile(r"\s*\S+\s*")


class OfflineModel:
    """No language model: it runs the offered tools by rules and says plainly what it is. Implements `Model`.

    The same messages always lead to the same calls with the same ids, so a run that was killed goes on where it
    was. With an `embedder`, requests that fit no rule are told which words would have worked.
    """

    window_tokens: int | None = None

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._hints = IntentClassifier(embedder, HINT_EXAMPLES) if embedder else None

    async def answer(self, request: Request, sink: Sink) -> None:
        """The next tool call or the answer, its text word by word. Raises Unavailable where a form is asked for."""
        situation, step = await self._decide(request)
        sink.start(token_hex(12), now_seconds())
        for chunk in _CHUNK.findall(step.text):
            sink.text(chunk)
            await asyncio.sleep(0)  # lets a cancel in between two words
        if isinstance(step, PlannedCall):
            call_id = step.id(situation.turn, len(situation.outcomes))
            sink.call(call_id, call_id, step.tool)
            sink.arguments(call_id, encode(step.args).decode())
            sink.stop("tools")
        sink.finish()

    async def _decide(self, request: Request) -> tuple[Situation, Step]:
        if request.form is not None:
            raise Unavailable(
                "The offline model gives no structured answers.", hint="Connect a language model under Models."
            )
        tools = [] if request.choice and request.choice.mode == "none" else request.tools
        situation = read_situation(request.messages, (tool.name for tool in tools))
        intent = route(situation)
        if intent.kind == "unknown":
            intent = await self._with_hint(situation)
        return situation, next_step(situation, intent)

    async def _with_hint(self, situation: Situation) -> Intent:
        if self._hints is None:
            return Intent("unknown")
        try:
            told = await self._hints.classify(situation.text)
        except Unavailable:
            return Intent("unknown")
        hint = hint_for(told.label) if told.confidence > _SURE else None
        return Intent("unknown", {"hint": hint} if hint else {})
