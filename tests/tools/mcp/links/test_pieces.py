"""The small pieces: lines, events, headers, lists."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.tools.mcp.links.errors import LinkFailed
from entourage.tools.mcp.links.events import EventReader
from entourage.tools.mcp.links.headers import declared_headers, header_value, modern_headers
from entourage.tools.mcp.links.lines import Lines


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in pieces."""
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    starts = [0, *ends]
    return [data[start:end] for start, end in zip(starts, ends, strict=False)]


WORDS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=40), max_size=12)
PLACES = st.lists(st.integers(0, 1000), max_size=8)


@given(WORDS, PLACES)
def test_lines_come_whole_however_they_are_cut(words: list[str], places: list[int]) -> None:
    data = "".join(f"{json.dumps(word)}\n" for word in words).encode()
    lines = Lines(10_000)
    found = [line for piece in cut(data, places) for line in lines.feed(piece)]
    assert [json.loads(line) for line in found] == words
    assert lines.rest() == []


def test_a_line_without_end_is_not_taken() -> None:
    lines = Lines(100)
    with pytest.raises(LinkFailed):
        for _ in range(20):
            lines.feed(b"x" * 10)


@given(WORDS, PLACES, st.sampled_from(["\n", "\r\n"]))
def test_events_come_whole_however_they_are_cut(words: list[str], places: list[int], end: str) -> None:
    events = (f"id: {n}{end}: a comment{end}data: {json.dumps(word)}{end}{end}" for n, word in enumerate(words))
    data = "".join(events).encode()
    reader = EventReader()
    found = [event for piece in cut(data, places) for event in reader.feed(piece)]
    assert [json.loads(event.data) for event in found] == words
    assert reader.last_id == (str(len(words) - 1) if words else None)


def test_an_event_may_have_several_lines_a_name_and_a_pause() -> None:
    reader = EventReader()
    (event,) = reader.feed(b"event: endpoint\nretry: 250\ndata: one\ndata: two\n\n")
    assert (event.name, event.data, reader.retry_ms) == ("endpoint", b"one\ntwo", 250)


@given(st.text(st.characters(codec="utf-8")))
def test_a_header_value_can_be_read_back_and_breaks_no_line(text: str) -> None:
    value = header_value(text)
    assert value.isascii() and "\n" not in value and "\r" not in value
    if value.startswith("=?base64?"):
        assert base64.b64decode(value[9:-2]).decode() == text
    else:
        assert value == text


def test_arguments_are_repeated_in_headers_where_the_schema_says_so() -> None:
    schema = {
        "type": "object",
        "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "deep": {"type": "object", "properties": {"flag": {"type": "boolean", "x-mcp-header": "Flag"}}},
            "other": {"type": "string"},
        },
    }
    declared = declared_headers([{"name": "query", "inputSchema": schema}])
    arguments = {"region": "eu\n", "deep": {"flag": True}, "other": "x"}
    found = dict(modern_headers("tools/call", {"name": "query", "arguments": arguments}, declared))
    assert found == {
        "Mcp-Method": "tools/call",
        "Mcp-Name": "query",
        "Mcp-Param-Region": "=?base64?ZXUK?=",
        "Mcp-Param-Flag": "true",
    }
