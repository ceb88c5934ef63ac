"""Streams in another dialect: whatever the cut, and the same as the whole answer."""

import json
from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entourage.llm.translate import (
    Dialect,
    StreamBroken,
    error_event,
    replay_as_stream,
    stream_translator,
    translate_reply,
    whole_of_stream,
)
from entourage.llm.translate.neutral import Reply
from entourage.llm.translate.replies import read_reply, write_reply
from tests.llm.translate.conversations import compared, replies

CORPUS = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DIALECTS: tuple[Dialect, ...] = ("chat", "responses", "messages")
PAIRS = [(source, target) for source in DIALECTS for target in DIALECTS if source != target]


def _in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


def _without_time(body: bytes) -> object:
    reply = compared(msgspec.json.decode(body))
    return {name: value for name, value in reply.items() if name not in {"created", "created_at", "completed_at"}}


@CORPUS
@given(replies(), st.lists(st.integers(0, 5000), max_size=12), st.booleans())
def test_a_translated_stream_is_the_translated_answer_whatever_the_cut(
    reply: Reply, cuts: list[int], windows: bool
) -> None:
    for source, target in PAIRS:
        whole = write_reply(reply, source, "theirs")
        stream = replay_as_stream(whole, source)
        if windows:
            stream = stream.replace(b"\n", b"\r\n")
        translator = stream_translator(source, target, "ours")
        told = b"".join(translator.feed(piece) for piece in _in_pieces(stream, cuts)) + translator.end()
        assert translator.has_content == bool(reply.parts)
        assert _without_time(whole_of_stream(told, target)) == _without_time(
            translate_reply(whole, source, target, "ours")
        )


@CORPUS
@given(replies())
def test_answers_survive_another_dialect(reply: Reply) -> None:
    for source, through in PAIRS:
        whole = write_reply(reply, source, "m")
        back = translate_reply(translate_reply(whole, source, through, "m"), through, source, "m")
        assert _without_time(back) == _without_time(whole)
        assert read_reply(back, source).spent == reply.spent


@CORPUS
@given(replies())
def test_a_kept_answer_replays_as_the_stream_it_would_have_been(reply: Reply) -> None:
    for dialect in DIALECTS:
        whole = write_reply(reply, dialect, "m")
        assert msgspec.json.decode(whole_of_stream(replay_as_stream(whole, dialect), dialect)) == msgspec.json.decode(
            whole
        )


@CORPUS
@given(replies(), st.floats(0, 0.9))
def test_a_cut_stream_is_never_made_whole(reply: Reply, part: float) -> None:
    for source, target in PAIRS:
        stream = replay_as_stream(write_reply(reply, source, "m"), source)
        last = stream.rindex(b"\n\n", 0, -2) if source == "responses" else stream.rindex(_LAST[source])
        translator = stream_translator(source, target, "m")
        with pytest.raises(StreamBroken):
            translator.feed(stream[: int(last * part)])
            translator.end()
        with pytest.raises(StreamBroken):
            whole_of_stream(stream[: int(last * part)], source)


_LAST = {"chat": b'"finish_reason":"', "messages": b"event: message_delta"}
HELLO = Reply("abc", 1, [])


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_an_error_told_in_a_stream_keeps_its_kind(source: Dialect, target: Dialect) -> None:
    translator = stream_translator(source, target, "m")
    with pytest.raises(StreamBroken) as broken:
        translator.feed(error_event(source, "overloaded", "Overloaded"))
    assert (broken.value.kind, broken.value.message, broken.value.told) == ("overloaded", "Overloaded", True)


@pytest.mark.parametrize("bad", [b"data: {nonsense}\n\n", b'data: {"id":"\xff"}\n\n'])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_what_cannot_be_read_is_a_broken_stream(source: Dialect, target: Dialect, bad: bytes) -> None:
    with pytest.raises(StreamBroken) as broken:
        stream_translator(source, target, "m").feed(bad)
    assert not broken.value.told


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_what_was_said_before_a_break_is_not_lost(source: Dialect, target: Dialect) -> None:
    stream = replay_as_stream(write_reply(HELLO, source, "m"), source)
    begun = stream[: stream.index(b"\n\n") + 2]
    translator = stream_translator(source, target, "m")
    with pytest.raises(StreamBroken) as broken:
        translator.feed(begun + b"data: {nonsense}\n\n")
    assert broken.value.before


@pytest.mark.parametrize("body", [b"{", b'{"x": 1}', b'{"id": "\xff"}', b"[]", b"null"])
@pytest.mark.parametrize("source", ["chat", "messages"])
def test_a_whole_answer_that_cannot_be_read_is_told(source: Dialect, body: bytes) -> None:
    with pytest.raises(StreamBroken):
        translate_reply(body, source, "responses", "m")


def test_servers_with_habits_of_their_own_are_understood() -> None:
    """No index, arguments as an object, `stop` beside calls, no id: seen at compatible servers."""
    call = {"id": "functions.get:0", "function": {"name": "get", "arguments": {"x": 1}}}
    delta = {"content": "so", "tool_calls": [call]}
    chunks = [{"choices": [{"delta": delta}]}, {"choices": [{"delta": {}, "finish_reason": "stop"}]}]
    data = b"".join(b"data:" + json.dumps(chunk).encode() + b"\n\n" for chunk in chunks)
    translator = stream_translator("chat", "messages", "m")
    message = json.loads(whole_of_stream(translator.feed(data) + translator.end(), "messages"))
    assert message["stop_reason"] == "tool_use"
    assert [block["type"] for block in message["content"]] == ["text", "tool_use"]
    assert message["content"][1]["input"] == {"x": 1}


def test_a_chat_caller_who_asked_for_no_usage_gets_no_chunk_without_choices() -> None:
    stream = replay_as_stream(write_reply(HELLO, "messages", "m"), "messages")
    translator = stream_translator("messages", "chat", "m", include_usage=False)
    told = translator.feed(stream) + translator.end()
    chunks = [json.loads(line[6:]) for line in told.decode().split("\n\n") if line.startswith("data: {")]
    assert all(chunk["choices"] and "usage" not in chunk for chunk in chunks)


@pytest.mark.parametrize(
    ("source", "event"),
    [
        ("messages", {"type": "content_block_delta", "index": 7, "delta": {"partial_json": "{}"}}),
        ("responses", {"type": "response.function_call_arguments.delta", "output_index": 7, "delta": "{}"}),
    ],
)
def test_arguments_of_a_call_that_never_began_are_a_broken_stream(source: Dialect, event: dict[str, object]) -> None:
    stream = replay_as_stream(write_reply(HELLO, source, "m"), source)
    begun = stream[: stream.index(b"\n\n") + 2]
    with pytest.raises(StreamBroken):
        stream_translator(source, "chat", "m").feed(begun + b"data: " + json.dumps(event).encode() + b"\n\n")
