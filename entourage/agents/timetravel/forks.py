"""What a fork takes along: the steps before the one it begins at, with what was edited in them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from entourage.agents.control.tables import NoteRow
from entourage.agents.steps import NOTE, RESPONSE, TOOL, StoredNote, StoredReply, StoredResult, calls_of
from entourage.agents.tables import RunRow, StepRow
from entourage.agents.timetravel.schemas import EditedResult, ForkRun
from entourage.agents.timetravel.steps import Entry
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, Invalid
from entourage.kit.json import encode
from entourage.tools.pipeline import storable


class Fork(msgspec.Struct, frozen=True):
    """Steps to copy into a new run, and what its agent reads before it goes on; `notes` counts both."""

    source: RunRow
    kept: list[StepRow]
    edited: dict[str, str]
    note: str | None
    notes: int

    def rows(self, run_id: str) -> list[StepRow | NoteRow]:
        """The rows of the new run."""
        rows: list[StepRow | NoteRow] = [self._copied(run_id, row) for row in self.kept]
        rows += [self._edited(run_id, key, text) for key, text in self.edited.items()]
        if self.note is not None:
            rows.append(NoteRow(run_id=run_id, num=self.notes, text=storable(self.note), created_ms=now_ms()))
        return rows

    def _copied(self, run_id: str, row: StepRow) -> StepRow:
        return StepRow(
            run_id=run_id,
            key=row.key,
            kind=row.kind,
            ordinal=row.ordinal,
            value=row.value,
            copied=True,
            created_ms=row.created_ms,
        )

    def _edited(self, run_id: str, key: str, text: str) -> StepRow:
        value = encode(StoredResult(storable(text), "ok", [], None, 0)).decode()
        ordinal = int(key.partition(":")[0])
        return StepRow(run_id=run_id, key=key, kind=TOOL, ordinal=ordinal, value=value, created_ms=now_ms())


def fork_of(run: RunRow, entries: Sequence[Entry], how: ForkRun) -> Fork:
    """Raises Conflict for a run that cannot be forked, Invalid for a step that is not there."""
    if run.kind == "plan":
        raise Conflict("A plan cannot be forked.", hint="Change the plan, or fork the run of one of its tasks.")
    if how.at > len(entries):
        raise _invalid("at", f"This run has {len(entries)} steps.")
    at, edited = how.at, dict[str, str]()
    if how.result:
        entry, at = _edited(entries, how.result, how.at)
        edited[entry.step.key] = how.result.text
    kept = [entry.row for entry in entries[:at] if entry.row and entry.row.key not in edited]
    if how.note is None and not edited and _has_ended(kept):
        raise Invalid("The run has said its last word there.", hint="Choose an earlier step, or add a note.")
    last = max((msgspec.json.decode(row.value, type=StoredNote).num for row in kept if row.kind == NOTE), default=0)
    return Fork(run, kept, edited, how.note, last + (how.note is not None))


def _edited(entries: Sequence[Entry], result: EditedResult, at: int) -> tuple[Entry, int]:
    """The call whose result is edited, and where the fork begins: what was called beside it stays as it is."""
    called = [entry for entry in entries[: at + 1] if entry.step.tool_call_id == result.tool_call_id]
    if not called:
        raise _invalid("result.tool_call_id", "There is no such call before this step.")
    block = [entry for entry in entries if entry.reply_num == called[-1].reply_num and entry.step.kind == "tool"]
    return called[-1], max(at, block[-1].step.ordinal + 1)


def _has_ended(kept: Sequence[StepRow]) -> bool:
    if not kept or kept[-1].kind != RESPONSE:
        return False
    return not calls_of(msgspec.json.decode(kept[-1].value, type=StoredReply).reply)


def _invalid(field: str, why: str) -> Invalid:
    return Invalid(why, errors=[{"field": field, "message": "is not there"}])
