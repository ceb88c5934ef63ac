"""Folding: a client that applies deltas, however they were cut, ends with the message that the server ends with."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.events.event import Event
from entourage.events.message import Message, cut_utf16, fold, utf16_length
from entourage.kit.ids import new_id

MESSAGE = {"id": "m", "chat_id": "c", "parent_id": None, "role": "assistant", "status": "streaming", "created_at": 0}

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def event(kind: str, **data: Any) -> Event:
    return Event(
        1, new_id(), "c", "r", None, "coder", kind, 0, None, msgspec.Raw(json.dumps(data).encode()), None, "team"
    )


def deltas(part: int, text: str, cuts: list[int], kind: str = "text_delta") -> list[Event]:
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    return [
        event(kind, message_id="m", part=part, offset=utf16_length(text[:start]), text=text[start:end])
        for start, end in pairwise(places)
    ]


def folded(events: list[Event], message: Message | None = None) -> Message:
    message = message or Message.model_validate(MESSAGE)
    for one in events:
        message = fold(message, one)
    return message


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(texts.filter(bool), st.lists(st.integers(0, 40), max_size=6)), min_size=1, max_size=3))
def test_any_cutting_gives_the_same_text(parts: list[tuple[str, list[int]]]) -> None:
    stream = [one for place, (text, cuts) in enumerate(parts) for one in deltas(place, text, cuts)]
    assert [part.text for part in folded(stream).parts] == [text for text, _ in parts]  # type: ignore[union-attr]


@settings(deadline=None, max_examples=200)
@given(texts.filter(bool), st.lists(st.integers(0, 40), max_size=6), st.integers(0, 10))
def test_any_split_into_snapshot_and_later_events_gives_the_same(text: str, cuts: list[int], split: int) -> None:
    stream = [
        *deltas(0, text, cuts, "reasoning_delta"),
        event("tool_started", message_id="m", part=1, tool_call_id="t", tool="x", args={}, started_at=""),
        event(
            "tool_finished", message_id="m", part=1, tool_call_id="t", tool="x", result="r", duration_ms=1,
            artifacts=[], child=None,
        ),
        *deltas(2, text, cuts),
    ]  # fmt: skip
    whole = folded(stream)
    before = folded(stream[:split])
    snapshot = Message.model_validate({**before.wire(), "created_at": 0})
    assert folded(stream[split:], snapshot) == whole


@settings(deadline=None, max_examples=200)
@given(texts, texts.filter(bool), st.integers(0, 40))
def test_beginning_again_at_an_offset_voids_what_stood_there(first: str, second: str, at: int) -> None:
    kept = first[:at]
    stream = [
        *deltas(0, first, []),
        event("text_delta", message_id="m", part=0, offset=utf16_length(kept), text=second),
    ]
    if not first:
        stream = stream[-1:]
    assert folded(stream).text() == kept + second


def test_a_final_message_replaces_everything() -> None:
    final = {**MESSAGE, "status": "done", "parts": [{"type": "text", "text": "final"}], "created_at": "2026"}
    assert folded([*deltas(0, "draft", [2]), event("message", message=final)]).text() == "final"


def test_calls_change_their_state() -> None:
    start = event("tool_started", message_id="m", part=0, tool_call_id="t", tool="x", args={"a": 1}, started_at="")
    waits = event("approval_requested", message_id="m", part=0, approval={"id": "p"})
    goes = event("approval_resolved", message_id="m", part=0, approval={"id": "p", "status": "denied"})
    fails = event(
        "tool_failed", message_id="m", part=0, tool_call_id="t", tool="x", error="no", duration_ms=3, status="denied"
    )
    states = [folded([start, waits, goes, fails][: n + 1]).call(0) for n in range(4)]
    assert [state and state.status for state in states] == ["running", "waiting", "running", "denied"]
    assert states[-1]
    assert (states[-1].error, states[-1].approval_id) == ("no", "p")


def test_what_is_unknown_or_of_others_changes_nothing() -> None:
    before = folded(deltas(0, "text", []))
    strange = [
        event("from_the_future", message_id="m", anything=1),
        event("text_delta", message_id="other", part=0, offset=0, text="x"),
        event("text_delta", message_id="m", part=9, offset=0, text="x"),
        event("tool_finished", message_id="m", part=0, result="r", duration_ms=1, artifacts=[], child=None),
        event("usage", model="x"),
    ]
    assert folded(strange, before.model_copy(deep=True)) == before


def test_offsets_count_as_javascript_counts() -> None:
    assert utf16_length("a🙂é") == 4
    assert cut_utf16("a🙂é", 3) == "a🙂"
    assert cut_utf16("abc", 2) == "ab"
