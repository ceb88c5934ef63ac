"""The steps of a run in order, as people see them: from what is recorded, and from calls that still go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from entourage.agents.output import ANSWER_TOOL
from entourage.agents.schemas import ENDED
from entourage.agents.steps import (
    CONTEXT,
    NOTE,
    RESPONSE,
    SUMMARY,
    TOOL,
    Recorded,
    StoredContext,
    StoredNote,
    StoredReply,
    StoredResult,
    StoredSummary,
    Telling,
    args_of,
    call_key,
    calls_of,
    child_of,
)
from entourage.agents.tables import RunRow, StepRow
from entourage.agents.timetravel.schemas import Step, StepStatus
from entourage.events.message import ArtifactRef, MessageUsage
from entourage.events.types import Usage
from entourage.kit.json import encode
from entourage.llm.translate.neutral import Call, Ran, Reply, Text, Thinking

MAX_TEXT = 8_000
MAX_TITLE = 80


class Entry(msgspec.Struct, frozen=True):
    """A step and its row, None for a call that has no result yet; `reply_num` is the response it belongs to."""

    step: Step
    row: StepRow | None
    reply_num: int


def entries_of(run: RunRow, rows: Sequence[StepRow], prompt: str, told: Telling) -> list[Entry]:
    """Everything a run did, in the order its model saw it."""
    return list(_Reader(run, rows, prompt, told).entries())


class _Reader:
    def __init__(self, run: RunRow, rows: Sequence[StepRow], prompt: str, told: Telling) -> None:
        self._run = run
        self._prompt = prompt
        self._told = told
        self._rows = {row.key: row for row in rows if row.kind == TOOL}
        self._responses = [row for row in rows if row.kind == RESPONSE]
        self._notes = sorted((row for row in rows if row.kind == NOTE), key=lambda row: row.created_ms)
        self._summaries = [row for row in rows if row.kind == SUMMARY]
        self._contexts = [row for row in rows if row.kind == CONTEXT]
        self._recorded = Recorded.of([row for row in rows if row.kind in (RESPONSE, TOOL, NOTE, SUMMARY)])
        self._count = 0

    def entries(self) -> Iterator[Entry]:
        for row in self._summaries:
            yield Entry(self._summary(row), row, 0)
        for row in self._contexts:
            yield Entry(self._context(row), row, 0)
        for number, row in enumerate(self._responses):
            yield from self._said_before(number)
            stored = msgspec.json.decode(row.value, type=StoredReply)
            yield Entry(self._response(number, row, stored), row, number)
            for call in calls_of(stored.reply):
                key = call_key(number, call.id)
                if call.name != ANSWER_TOOL or key in self._rows:
                    yield Entry(self._tool(number, row, key, call), self._rows.get(key), number)
        yield from self._said_before(len(self._responses))

    def _said_before(self, number: int) -> Iterator[Entry]:
        for row in self._notes:
            if row.ordinal == number:
                note = msgspec.json.decode(row.value, type=StoredNote)
                shown = self._step("note", row, "Note", output=note.text, started=row.created_ms)
                yield Entry(shown, row, number)

    def _summary(self, row: StepRow) -> Step:
        stored = msgspec.json.decode(row.value, type=StoredSummary)
        title = f"Summarised {stored.messages} earlier messages"
        return self._step("summary", row, title, output=stored.text, usage=stored.usage)

    def _context(self, row: StepRow) -> Step:
        stored = msgspec.json.decode(row.value, type=StoredContext)
        title = f"Recalled {len(stored.items)} memories" if len(stored.items) > 1 else "Recalled one memory"
        return self._step("context", row, title, output=stored.shown, started=row.created_ms)

    def _response(self, number: int, row: StepRow, stored: StoredReply) -> Step:
        return self._step(
            "response",
            row,
            _title(stored.reply),
            input=self._new_to_model(number),
            output=_told_of(stored.reply),
            usage=stored.usage,
        )

    def _new_to_model(self, number: int) -> str:
        """The question, or the results of the calls before; and what was said meanwhile."""
        new = [self._prompt] if number == 0 else []
        for call in calls_of(self._recorded.replies[number - 1]) if number else []:
            stored = self._recorded.results.get(call_key(number - 1, call.id))
            new.append(f"[{call.name}] {stored.text if stored else ''}")
        new += [note.text for note in self._recorded.notes if note.ordinal == number]
        return "\n\n".join(new)

    def _tool(self, number: int, response: StepRow, key: str, call: Call) -> Step:
        tool, args = self._told(call.name, args_of(call.arguments))
        child = child_of(self._run.id, key, tool, args)
        row = self._rows.get(key)
        stored = msgspec.json.decode(row.value, type=StoredResult) if row else None
        more: dict[str, Any] = {"input": encode(args).decode(), "tool": tool, "tool_call_id": call.id}
        if row is None or stored is None:
            child_id = child.run_id if child else None
            return self._step(
                "tool",
                response,
                tool,
                key=key,
                status=self._open(),
                started=response.created_ms,
                open_=True,
                child_run_id=child_id,
                **more,
            )
        ran = stored.child.get("run_id") if stored.child else None
        return self._step(
            "tool",
            row,
            tool,
            status=stored.status,
            started=row.created_ms - stored.duration_ms,
            output=stored.text,
            artifacts=[ArtifactRef.model_validate(item) for item in stored.artifacts],
            child_run_id=ran,
            **more,
        )

    def _open(self) -> StepStatus:
        if self._run.status in ENDED:
            return "cancelled"
        return "running" if self._run.status == "running" else "waiting"

    def _step(
        self,
        kind: str,
        row: StepRow,
        title: str,
        *,
        key: str | None = None,
        status: str = "ok",
        started: int | None = None,
        open_: bool = False,
        input: str | None = None,
        output: str | None = None,
        usage: Usage | None = None,
        **more: Any,
    ) -> Step:
        began = row.created_ms - (usage.latency_ms if usage else 0) if started is None else started
        ended = None if open_ else row.created_ms
        ordinal, self._count = self._count, self._count + 1
        return Step.model_validate(
            {
                "ordinal": ordinal,
                "kind": kind,
                "key": key or row.key,
                "agent": self._run.agent,
                "title": title[:MAX_TITLE],
                "status": status,
                "started_at": began,
                "ended_at": ended,
                "duration_ms": None if ended is None else ended - began,
                "model": f"{usage.provider}/{usage.model}" if usage else None,
                "input": _bounded(input),
                "output": _bounded(output),
                "usage": _spent(usage),
                "copied": row.copied,
                **more,
            }
        )


def _spent(usage: Usage | None) -> MessageUsage | None:
    if usage is None:
        return None
    return MessageUsage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cost_usd=usage.cost_usd)


def _title(reply: Reply) -> str:
    words = " ".join(" ".join(part.text for part in reply.parts if isinstance(part, Text)).split())
    calls = ", ".join(call.name for call in calls_of(reply))
    return words or (f"Calls {calls}" if calls else "Thought")


def _told_of(reply: Reply) -> str:
    lines: list[str] = []
    for part in reply.parts:
        match part:
            case Text():
                lines.append(part.text)
            case Thinking():
                lines += [f"[thought] {part.text}"] if part.text else []
            case Call():
                lines.append(f"[calls {part.name}] {part.arguments}")
            case Ran():
                lines.append(f"[ran {part.name}] {part.arguments}")
    return "\n".join(lines)


def _bounded(text: str | None) -> str | None:
    if text is None or len(text) <= MAX_TEXT:
        return text
    return f"{text[:MAX_TEXT]}… [{len(text) - MAX_TEXT} more characters]"
