"""What the client sees, and what the ledger says, when a provider goes wrong, alone and before another one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from entourage.llm.routing.health import Health
from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import TYPES, Gate, alias, connect

BOTH = pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
EACH = pytest.mark.parametrize("dialect", d.DIALECTS)


@dataclass(frozen=True)
class Fault:
    """A fault before the first content, and the status the client sees when nobody else answers."""

    status: int
    says: str


FAULTS = {
    "refused": Fault(502, "nobody answers"),
    "408": Fault(408, "Overloaded"),
    "429": Fault(429, "Overloaded"),
    "500": Fault(500, "Overloaded"),
    "529": Fault(529, "Overloaded"),
    "cut before the first byte": Fault(502, "broke off"),
    "error event before content": Fault(502, "Overloaded"),
    "stall": Fault(504, "too long"),
    "broken JSON": Fault(502, "cannot be read"),
    "broken UTF-8": Fault(502, "cannot be read"),
    "no HTTP": Fault(502, "no HTTP"),
    "redirect": Fault(502, "307"),
}


def answer_of(fault: str, dialect: str, is_stream: bool) -> u.Answer:
    """How a provider with this fault answers."""
    silent = d.stream(dialect)[: d.SILENT[dialect]]
    match fault:
        case "408" | "429" | "500" | "529":
            return u.whole(d.error(dialect), int(fault), retry_after="30")
        case "cut before the first byte":
            return u.cut
        case "error event before content":
            return u.events([*silent, d.error_event(dialect)]) if is_stream else u.whole(d.error(dialect))
        case "stall":
            return u.events(silent, ends="stall") if is_stream else u.stall
        case "broken JSON":
            return u.events([*silent, b"data: {broken\n\n"]) if is_stream else u.whole(d.answer(dialect)[:-4])
        case "broken UTF-8":
            bad = d.answer(dialect).replace(b"Hello", b"H\xff\xfe")
            return u.events([*silent, b'data: {"a": "\xff\xfe"}\n\n']) if is_stream else u.whole(bad)
        case "redirect":
            return u.whole(b"", 307, location="http://169.254.169.254/latest")
        case _:
            return u.raw(b"220 smtp.example.com ESMTP\r\n")


async def breaking(gate: Gate, fault: str, dialect: str, is_stream: bool) -> str:
    """The id of a provider with this fault."""
    if fault == "refused":
        return await connect(gate.ana, f"dead-{dialect}", TYPES[dialect], "http://127.0.0.1:1")
    gate.one.play(answer_of(fault, dialect, is_stream))
    return gate.providers[f"one-{dialect}"]


def message_of(dialect: str, body: bytes) -> str:
    """The message of a documented refusal."""
    told = json.loads(body)
    if dialect == "messages":
        assert told["type"] == "error"
    assert {"type", "message"} <= told["error"].keys()
    return told["error"]["message"]


def is_whole(dialect: str, is_stream: bool, answer: httpx.Response) -> bool:
    wanted = b"".join(d.stream(dialect)) if is_stream else d.answer(dialect)
    return answer.status_code == 200 and answer.content == wanted


def asked(dialect: str, is_stream: bool) -> dict[str, Any]:
    """Chat streams that ask for usage pass through untouched."""
    return {"stream_options": {"include_usage": True}} if dialect == "chat" and is_stream else {}


def told_by_then(fault: str, dialect: str, is_stream: bool) -> tuple[int, int]:
    """Tokens in and out that the provider counts before this fault: Anthropic tells its input first."""
    begins = fault in {"error event before content", "stall", "broken JSON", "broken UTF-8"}
    return (20, 1) if dialect == "messages" and is_stream and begins else (0, 0)


@EACH
@BOTH
async def test_a_fault_alone_is_told_in_the_callers_dialect(gate: Gate, dialect: str, is_stream: bool) -> None:
    for number, (fault, expected) in enumerate(FAULTS.items()):
        provider = await breaking(gate, fault, dialect, is_stream)
        name = next((name for name, known in gate.providers.items() if known == provider), f"dead-{dialect}")
        answer = await gate.say(dialect, f"{name}/m{number}", stream=is_stream)
        assert answer.status_code == expected.status, (fault, answer.text)
        assert expected.says in message_of(dialect, answer.content), fault
        assert "secret" not in answer.text
        call = (await gate.ledger())[-1]
        assert (call["status"], call["provider"], call["door"]) == ("failed", name, dialect), fault
        assert call["error"]
        tokens = call["input_tokens"], call["output_tokens"]
        assert (call.get("attempts", 1), *tokens) == (1, *told_by_then(fault, dialect, is_stream)), fault
    assert len(await gate.ledger()) == len(FAULTS)


@EACH
@BOTH
async def test_a_fault_before_content_falls_back_unseen(gate: Gate, dialect: str, is_stream: bool) -> None:
    gate.two.play(u.events(d.stream(dialect)) if is_stream else u.whole(d.answer(dialect)))
    second = gate.providers[f"two-{dialect}"]
    for number, fault in enumerate(FAULTS):
        provider = await breaking(gate, fault, dialect, is_stream)
        await alias(gate.ana, f"both-{number}", "priority", (provider, f"m{number}", 1), (second, "m", 1))
        answer = await gate.say(dialect, f"both-{number}", stream=is_stream, **asked(dialect, is_stream))
        assert is_whole(dialect, is_stream, answer), (fault, answer.text)
        assert answer.headers["x-entourage-provider"] == f"two-{dialect}"
        *before, call = await gate.ledger()
        assert (call.get("status", "ok"), call["provider"], call["attempts"]) == ("ok", f"two-{dialect}", 2), fault
        assert (call["alias"], call["input_tokens"], call["output_tokens"]) == (f"both-{number}", 20, 7)
        assert call["cached_tokens"] == 5
        if told_by_then(fault, dialect, is_stream) != (0, 0):
            assert (before[-1]["status"], before[-1]["model"]) == ("failed", f"m{number}"), "it is charged for too"


AFTER = ("cut", "early", "stall", "broken JSON", "broken UTF-8", "error event")


@EACH
async def test_after_content_the_stream_ends_with_an_error_and_nobody_else_is_asked(gate: Gate, dialect: str) -> None:
    begun = d.begun(dialect)
    more = {
        "broken JSON": b"data: {broken\n\n",
        "broken UTF-8": b'data: {"a": "\xff\xfe"}\n\n',
        "error event": d.error_event(dialect),
    }
    for number, fault in enumerate(AFTER, 1):
        ends = fault if fault in {"cut", "early", "stall"} else "whole"
        gate.one.play(u.events([*begun, *([more[fault]] if fault in more else [])], ends=ends))
        model = f"both-{dialect}" if number < 5 else f"one-{dialect}/other"  # five failures would open the breaker
        answer = await gate.say(dialect, model, stream=True, **asked(dialect, is_stream=True))
        assert answer.status_code == 200, (fault, answer.text)
        assert answer.content.startswith(b"".join(begun)), fault
        rest = answer.content.removeprefix(b"".join(begun))
        assert rest.endswith(b"\n\n"), fault
        (event,) = rest.strip().split(b"\n\n")
        assert d.is_error_event(dialect, event), (fault, event)
        if fault == "error event":
            assert rest == d.error_event(dialect), "the provider's own words, once"
        call = (await gate.ledger())[-1]
        assert (call["status"], call["provider"], call["estimated"]) == ("cut", f"one-{dialect}", True), fault
        assert call["error"]
        assert call["output_tokens"] > 0
    assert not gate.two.got
    health = gate.world.services.get(Health).of(gate.ana.id)
    assert [(one.model, one.failures) for one in health] == [("m", 4), ("other", 2)]


@EACH
@BOTH
async def test_a_tool_that_had_to_be_called_and_was_not_falls_back(gate: Gate, dialect: str, is_stream: bool) -> None:
    lazy = u.events(d.stream(dialect)) if is_stream else u.whole(d.answer(dialect))
    keen = u.events(d.stream(dialect, tool=True)) if is_stream else u.whole(d.answer(dialect, tool=True))
    gate.one.play(lazy)
    gate.two.play(keen)
    more = {**d.forced(dialect), **asked(dialect, is_stream)}
    answer = await gate.say(dialect, f"both-{dialect}", stream=is_stream, **more)
    assert answer.status_code == 200
    wanted = b"".join(d.stream(dialect, tool=True)) if is_stream else d.answer(dialect, tool=True)
    assert answer.content == wanted
    thrown_away, call = sorted(await gate.ledger(), key=lambda one: one["provider"])
    assert (thrown_away["status"], thrown_away["output_tokens"]) == ("failed", 7), "the provider charges for it"
    assert "tool" in thrown_away["error"]
    assert (call.get("status", "ok"), call["attempts"]) == ("ok", 2)


@EACH
@BOTH
async def test_when_nobody_calls_the_tool_the_last_answer_is_given_and_noted(
    gate: Gate, dialect: str, is_stream: bool
) -> None:
    gate.one.play(u.events(d.stream(dialect)) if is_stream else u.whole(d.answer(dialect)))
    more = {**d.forced(dialect), **asked(dialect, is_stream)}
    answer = await gate.say(dialect, f"one-{dialect}/m", stream=is_stream, **more)
    assert is_whole(dialect, is_stream, answer), answer.text
    (call,) = await gate.ledger()
    assert (call.get("status", "ok"), call["output_tokens"]) == ("ok", 7)
    assert "tool" in call["error"]


FORMATS = {
    "chat": lambda schema: {"response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": schema}}},
    "responses": lambda schema: {"text": {"format": {"type": "json_schema", "name": "s", "schema": schema}}},
    "messages": lambda schema: {"output_config": {"format": {"type": "json_schema", "schema": schema}}},
}


@EACH
@pytest.mark.parametrize("wrong", ['{"a": "no"}', "no JSON"])
async def test_an_answer_that_misses_its_schema_falls_back(gate: Gate, dialect: str, wrong: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    gate.one.play(u.whole(d.answer(dialect, wrong)))
    gate.two.play(u.whole(d.answer(dialect, '{"a": 1}')))
    answer = await gate.say(dialect, f"both-{dialect}", **FORMATS[dialect](schema))
    assert answer.content == d.answer(dialect, '{"a": 1}')
    thrown_away, call = sorted(await gate.ledger(), key=lambda one: one["provider"])
    assert "JSON" in thrown_away["error"]
    assert call["attempts"] == 2


@EACH
async def test_a_request_that_is_wrong_is_told_at_once(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(d.error(dialect, "messages: too many", "invalid_request_error"), 400))
    answer = await gate.say(dialect, f"both-{dialect}")
    assert answer.status_code == 400
    assert answer.content == d.error(dialect, "messages: too many", "invalid_request_error")
    assert not gate.two.got


@EACH
@pytest.mark.parametrize("status", [401, 403, 404, 402])
async def test_a_provider_that_is_set_up_wrong_is_passed_over(gate: Gate, dialect: str, status: int) -> None:
    gate.one.play(u.whole(d.error(dialect, "Incorrect API key provided: sk-one-secret-123."), status))
    gate.two.play(u.whole(d.answer(dialect)))
    assert is_whole(dialect, False, await gate.say(dialect, f"both-{dialect}"))
    alone = await gate.say(dialect, f"one-{dialect}/m")
    assert alone.status_code == (404 if status == 404 else 502), "a client must not think that its own key is wrong"
    assert "secret" not in alone.text


async def test_retry_after_is_handed_on(gate: Gate) -> None:
    gate.one.play(u.whole(d.error("chat"), 429, retry_after="17"))
    answer = await gate.say("chat", "one-chat/m")
    assert answer.headers["retry-after"] == "17"


@EACH
async def test_the_page_of_a_proxy_on_the_way_is_told_in_the_dialect(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(b"<html>Bad gateway</html>", 502, "text/html"))
    answer = await gate.say(dialect, f"one-{dialect}/m")
    assert answer.status_code == 502
    assert "answered 502" in message_of(dialect, answer.content)
