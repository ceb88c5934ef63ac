"""Whatever a caller or a provider sends, it is translated or told to be wrong; nothing else is raised."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entourage.llm.translate import (
    Dialect,
    StreamBroken,
    Untranslatable,
    replay_as_stream,
    stream_translator,
    translate_reply,
    translate_request,
    whole_of_stream,
)
from entourage.llm.translate.neutral import Reply, Request
from entourage.llm.translate.replies import write_reply
from entourage.llm.translate.requests import _WRITE as WRITE
from tests.llm.translate.conversations import replies, requests

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DIALECTS: tuple[Dialect, ...] = ("chat", "responses", "messages")
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=3,
)


def _damaged(value: Any, path: list[int], new: Any) -> Any:
    """The value with something else at a place that `path` leads to."""
    if not path or not isinstance(value, dict | list) or not value:
        return new
    if isinstance(value, dict):
        name = sorted(value)[path[0] % len(value)]
        return {**value, name: _damaged(value[name], path[1:], new)}
    index = path[0] % len(value)
    return [*value[:index], _damaged(value[index], path[1:], new), *value[index + 1 :]]


paths = st.lists(st.integers(0, 50), min_size=1, max_size=6)


@QUICK
@given(requests(), paths, anything)
def test_damaged_requests_are_refused_by_name_or_translated(request: Request, path: list[int], new: object) -> None:
    for source in DIALECTS:
        with suppress(Untranslatable):
            body = json.dumps(_damaged(json.loads(WRITE[source](request, "m")), path, new)).encode()
            for target in DIALECTS:
                with suppress(Untranslatable):
                    translate_request(body, source, target, "gpt-5")


@QUICK
@given(replies(), paths, anything)
def test_damaged_answers_are_broken_or_translated(reply: Reply, path: list[int], new: object) -> None:
    for source in DIALECTS:
        body = json.dumps(_damaged(json.loads(write_reply(reply, source, "m")), path, new)).encode()
        for target in DIALECTS:
            if target != source:
                with suppress(StreamBroken):
                    translate_reply(body, source, target, "m")


@QUICK
@given(replies(), st.integers(0, 30), paths, anything)
def test_damaged_streams_are_broken_or_translated(reply: Reply, place: int, path: list[int], new: object) -> None:
    for source in DIALECTS:
        events = replay_as_stream(write_reply(reply, source, "m"), source).split(b"\n\n")
        index = place % (len(events) - 1)
        head, _, data = events[index].partition(b"data: ")
        if data != b"[DONE]":
            events[index] = head + b"data: " + json.dumps(_damaged(json.loads(data), path, new)).encode()
        stream = b"\n\n".join(events)
        with suppress(StreamBroken):
            whole_of_stream(stream, source)
        for target in DIALECTS:
            if target != source:
                translator = stream_translator(source, target, "m")
                with suppress(StreamBroken):
                    translator.feed(stream)
                    translator.end()
