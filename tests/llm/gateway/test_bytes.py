"""Native routes are a pipe: what the caller sent arrives, what the provider sent comes back, byte for byte."""

from __future__ import annotations

import json

import pytest

from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate

EACH = pytest.mark.parametrize("dialect", d.DIALECTS)
ODD = '  {"z" : 1e2,\n\t"model":"m" ,"extra":{"model":"inner","n":[1.0,-0,1E+3]},"\\u0061":"\\ud83d\\ude00 \u00e9",'
BETAS = "oauth-2025-04-20,interleaved-thinking-2025-05-14,fine-grained-tool-streaming-2025-05-14,claude-code-20250219"


def odd(dialect: str, *, stream: bool) -> bytes:
    """A body with blanks, escapes and repeated words that no encoder would write like this."""
    turns = (
        '"input":"hi"' if dialect == "responses" else '"messages":[ {"role":"user","content":"\\"model\\":\\"m\\""} ]'
    )
    more = ',"stream_options":{ "include_usage" :true }' if dialect == "chat" and stream else ""
    return f'{ODD}"stream" : {str(stream).lower()},{turns},"max_tokens":9{more} }}\r\n'.encode()


@EACH
@pytest.mark.parametrize("is_stream", [False, True])
async def test_the_body_and_the_answer_pass_untouched(gate: Gate, dialect: str, is_stream: bool) -> None:
    gate.one.play(u.events(d.stream(dialect)) if is_stream else u.whole(d.answer(dialect)))
    body = odd(dialect, stream=is_stream)
    answer = await gate.post(dialect, body)
    assert answer.status_code == 200, answer.text
    (got,) = gate.one.got
    assert got.body == body
    assert answer.content == (b"".join(d.stream(dialect)) if is_stream else d.answer(dialect))


@EACH
async def test_any_cut_of_the_stream_gives_the_same_bytes(gate: Gate, dialect: str) -> None:
    data = b": a comment\n\n" + b"".join(d.stream(dialect, "H\u00e9llo ", "w\u00f6rld")).replace(
        b"\\u00e9", "é".encode()
    )
    for size in (1, 7, 4096):
        gate.one.play(u.events([data[i : i + size] for i in range(0, len(data), size)]))
        more = {"stream_options": {"include_usage": True}} if dialect == "chat" else {}
        answer = await gate.say(dialect, "m", stream=True, n_=size, **more)
        assert answer.content == data


async def test_line_breaks_of_the_other_kind_pass_as_they_are(gate: Gate) -> None:
    data = b"".join(d.stream("messages")).replace(b"\n", b"\r\n")
    gate.one.play(u.events([data[i : i + 5] for i in range(0, len(data), 5)]))
    answer = await gate.say("messages", "one-messages/m", stream=True)
    assert answer.content == data
    assert (await gate.ledger())[-1]["output_tokens"] == 7


async def test_headers_of_the_dialect_arrive_byte_for_byte_and_ours_do_not(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("messages"), request_id="req_9", anthropic_organization_id="org", set_cookie="a=b"))
    told = {
        "anthropic-version": "2023-06-01",
        "anthropic-beta": BETAS,
        "x-claude-code-session-id": "s-1",
        "x-entourage-session": "mine",
        "cookie": "session=secret",
        "origin": "http://localhost:1",
        "x-forwarded-for": "10.0.0.1",
        "connection": "keep-alive, x-hop",
        "x-hop": "for this hop only",
    }
    path = "/v1/messages?beta=true"
    answer = await gate.ana.client.post(path, json=d.ask("messages", "one-messages/m"), headers=told)
    (got,) = gate.one.got
    assert got.line == "POST /v1/messages?beta=true HTTP/1.1"
    assert got.header("anthropic-beta") == BETAS
    assert [value for name, value in got.headers if name == "anthropic-version"] == ["2023-06-01"]
    assert got.header("x-claude-code-session-id") == "s-1"
    assert got.header("accept-encoding") == "identity"
    assert got.header("x-api-key") == "sk-one-messages-secret"
    gone = {"authorization", "cookie", "origin", "x-forwarded-for", "x-hop", "x-entourage-session"}
    assert not gone & {name for name, _ in got.headers}
    assert (answer.headers["request-id"], answer.headers["anthropic-organization-id"]) == ("req_9", "org")
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-entourage-model"] == "m"


async def test_a_version_is_added_where_the_caller_names_none(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("messages")))
    await gate.say("messages", "one-messages/m")
    assert gate.one.got[0].header("anthropic-version") == "2023-06-01"


@EACH
async def test_another_name_of_the_model_is_the_only_change(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(d.answer(dialect)))
    body = odd(dialect, stream=False).replace(b'"model":"m" ', f'"model":"one-{dialect}/m" '.encode())
    answer = await gate.post(dialect, body)
    assert answer.status_code == 200, answer.text
    assert gate.one.got[0].body == odd(dialect, stream=False)


async def test_a_name_further_in_is_not_taken_for_the_models(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("chat")))
    before = b'{"metadata":{"model":"one-chat/m"},"messages":[],'
    answer = await gate.post("chat", before + b'"model":"one-chat/m"}')
    assert answer.status_code == 200, answer.text
    assert gate.one.got[0].body == before + b'"model":"m"}'


@pytest.mark.parametrize("body", [b'{"model":"m","model":"x","messages":[]}', b'{"model":"m","mo\\u0064el":"x"}'])
async def test_two_names_of_the_model_are_refused(gate: Gate, body: bytes) -> None:
    answer = await gate.post("chat", body)
    assert answer.status_code == 400
    assert not gate.one.got


async def test_usage_is_asked_for_and_hidden_when_the_caller_did_not_ask(gate: Gate) -> None:
    gate.one.play(u.events(d.stream("chat")))
    answer = await gate.say("chat", "one-chat/m", stream=True)
    sent = gate.one.got[0].body
    assert sent.startswith(b'{"stream_options":{"include_usage":true},')
    assert json.loads(sent)["stream_options"] == {"include_usage": True}
    assert answer.content == b"".join(event for event in d.stream("chat") if b'"choices": []' not in event)
    assert (await gate.ledger())[-1]["output_tokens"] == 7


async def test_options_of_a_stream_are_kept_beside_the_question_for_usage(gate: Gate) -> None:
    gate.one.play(u.events(d.stream("chat")))
    await gate.say("chat", "one-chat/m", stream=True, stream_options={"include_obfuscation": False})
    options = json.loads(gate.one.got[0].body)["stream_options"]
    assert options == {"include_usage": True, "include_obfuscation": False}


async def test_who_wants_no_usage_gets_none_and_is_charged_by_our_count(gate: Gate) -> None:
    gate.one.play(u.events(d.stream("chat", usage=False)))
    answer = await gate.say("chat", "one-chat/m", stream=True, stream_options={"include_usage": False})
    assert json.loads(gate.one.got[0].body)["stream_options"] == {"include_usage": False}
    assert answer.content == b"".join(d.stream("chat", usage=False))
    call = (await gate.ledger())[-1]
    assert call["estimated"]
    assert call["output_tokens"] > 0


@EACH
async def test_streamed_and_whole_answers_cost_the_same(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(d.answer(dialect)))
    await gate.say(dialect, f"one-{dialect}/m")
    gate.one.play(u.events(d.stream(dialect)))
    await gate.say(dialect, f"one-{dialect}/m", stream=True, said="again")
    whole, streamed = await gate.ledger()
    fields = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens", "cost_usd")
    assert [whole[name] for name in fields] == [streamed[name] for name in fields]
    assert whole["cached_tokens"] == 5
    assert whole["reasoning_tokens"] == (0 if dialect == "messages" else 2)
