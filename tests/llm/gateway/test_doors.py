"""The other doors, the list of models, keys and their limits."""

from __future__ import annotations

import json

import pytest

from tests.llm.gateway import dialects as d
from tests.llm.gateway import upstream as u
from tests.llm.gateway.conftest import Gate, alias


async def test_speech_passes_as_it_comes(gate: Gate) -> None:
    sound = bytes(range(256)) * 40

    async def speak(writer) -> None:
        writer.write(u.head(200, {"content-type": "audio/mpeg", "transfer-encoding": "chunked"}))
        for start in range(0, len(sound), 1000):
            writer.write(u.chunk(sound[start : start + 1000]))
        writer.write(b"0\r\n\r\n")

    gate.one.play(speak)
    body = {"model": "one-chat/tts-1", "input": "hello", "voice": "alloy"}
    answer = await gate.ana.client.post("/v1/audio/speech", json=body)
    assert (answer.content, answer.headers["content-type"]) == (sound, "audio/mpeg")
    assert gate.one.got[0].line == "POST /v1/audio/speech HTTP/1.1"
    call = (await gate.ledger())[-1]
    assert (call["door"], call["model"]) == ("speech", "tts-1")


async def test_a_transcription_keeps_its_form_but_for_the_model(gate: Gate) -> None:
    gate.one.play(u.whole(b'{"text":"hi","usage":{"type":"tokens","input_tokens":14,"output_tokens":3}}'))
    sound = b"RIFF\r\n--not-the-boundary\r\n\x00\xff"
    form = {"model": (None, "one-chat/whisper-1"), "file": ("a.wav", sound, "audio/wav"), "language": (None, "en")}
    answer = await gate.ana.client.post("/v1/audio/transcriptions", files=form)
    assert answer.json()["text"] == "hi"
    (got,) = gate.one.got
    assert sound in got.body
    assert b"\r\n\r\nwhisper-1\r\n" in got.body
    assert b"one-chat" not in got.body
    assert (got.header("content-type") or "").startswith("multipart/form-data; boundary=")


@pytest.mark.parametrize("body", [b"", b"--x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\na\r\n--x--'])
async def test_a_form_without_a_model_is_refused(gate: Gate, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await gate.ana.client.post("/v1/audio/transcriptions", content=body, headers=headers)
    assert answer.status_code == 400


async def test_images_and_counting_pass(gate: Gate) -> None:
    gate.one.play(u.whole(b'{"created":1,"data":[{"b64_json":"aGk="}]}'))
    answer = await gate.ana.client.post(
        "/v1/images/generations", json={"model": "one-chat/dall-e-3", "prompt": "a cat"}
    )
    assert answer.json()["data"][0]["b64_json"] == "aGk="
    gate.one.play(u.whole(b'{"input_tokens":14}'))
    counted = await gate.ana.client.post("/v1/messages/count_tokens", json=d.ask("messages", "one-messages/m"))
    assert counted.json() == {"input_tokens": 14}
    assert [call["door"] for call in await gate.ledger()] == ["images"], "counting costs nothing"


async def test_counting_for_a_provider_that_cannot_is_done_by_us(gate: Gate) -> None:
    body = d.ask("messages", "one-chat/m", said="x" * 400)
    counted = await gate.ana.client.post("/v1/messages/count_tokens", json=body)
    assert 90 < counted.json()["input_tokens"] < 160
    assert not gate.one.got


async def test_a_door_the_provider_does_not_have_is_told(gate: Gate) -> None:
    answer = await gate.ana.client.post("/v1/embeddings", json={"model": "one-messages/m", "input": "a"})
    assert answer.status_code == 404
    assert "embeddings" in answer.json()["error"]["message"]


async def test_the_list_of_models_has_everything_one_may_ask_for(gate: Gate) -> None:
    listed = await gate.ana.get("/v1/models")
    owners = {one["id"]: one["owned_by"] for one in listed["data"]}
    assert (owners["one-chat/m"], owners["both-chat"], owners["offline"]) == ("one-chat", "alias", "entourage")
    assert owners["team"] == "entourage"
    one = await gate.ana.get("/v1/models/one-chat/m")
    assert (one["id"], one["object"]) == ("one-chat/m", "model")
    answer = await gate.ana.client.get("/v1/models", headers={"anthropic-version": "2023-06-01"})
    assert answer.json()["data"][0]["type"] == "model"
    assert (await gate.ana.client.get("/v1/models/nothing")).status_code == 404


async def key_of(gate: Gate, **more: object) -> str:
    answer = await gate.ana.client.post("/my/gateway-keys", json={"name": f"key-{len(more)}", **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["key"]


async def test_a_key_may_allow_some_models_only(gate: Gate) -> None:
    gate.one.play(u.whole(d.answer("chat")))
    key = await key_of(gate, models=["both-chat"])
    allowed = await gate.post("chat", d.ask("chat", "both-chat"), authorization=f"Bearer {key}")
    assert allowed.status_code == 200, allowed.text
    refused = await gate.post("chat", d.ask("chat", "one-chat/m"), authorization=f"Bearer {key}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    listed = await gate.ana.client.get("/v1/models", headers={"authorization": f"Bearer {key}"})
    assert [one["id"] for one in listed.json()["data"]] == ["both-chat"]


@pytest.mark.parametrize("dialect", d.DIALECTS)
async def test_a_keys_limit_is_told_in_the_headers_of_the_dialect(gate: Gate, dialect: str) -> None:
    gate.one.play(u.whole(d.answer(dialect)))
    key = await key_of(gate, requests_per_minute=2)
    headers = {"x_api_key": key} if dialect == "messages" else {}
    told = [
        await gate.post(dialect, d.ask(dialect, f"one-{dialect}/m"), authorization=f"Bearer {key}", **headers)
        for _ in range(3)
    ]
    assert [answer.status_code for answer in told] == [200, 200, 429]
    left = "anthropic-ratelimit-requests-remaining" if dialect == "messages" else "x-ratelimit-remaining-requests"
    assert [answer.headers.get(left) for answer in told[:2]] == ["1", "0"]
    assert int(told[2].headers["retry-after"]) > 0
    error = told[2].json()["error"]
    assert error["type"] == "rate_limit_error"


async def test_the_offline_model_answers_in_each_dialect(gate: Gate) -> None:
    for dialect in d.DIALECTS:
        answer = await gate.say(dialect, "offline")
        assert answer.status_code == 200, answer.text
        assert (await gate.say(dialect, "offline", stream=True)).headers["content-type"].startswith("text/event-stream")
    assert {call["cost_usd"] for call in await gate.ledger()} == {"0"}


@pytest.mark.parametrize("dialect", d.DIALECTS)
async def test_a_provider_of_another_dialect_answers_by_translation(gate: Gate, dialect: str) -> None:
    for other in {"chat", "messages"} - {dialect}:
        gate.one.play(u.whole(d.answer(other)))
        whole = await gate.say(dialect, f"one-{other}/m")
        assert whole.status_code == 200, whole.text
        assert d.TEXT in whole.text
        gate.one.play(u.events(d.stream(other)))
        streamed = await gate.say(dialect, f"one-{other}/m", stream=True, said="again")
        assert streamed.status_code == 200, streamed.text
        assert "Hello" in streamed.text
        gate.one.play(u.events([*d.begun(other), d.error_event(other)]))
        broken = await gate.say(dialect, f"one-{other}/m", stream=True, said="once more")
        assert d.is_error_event(dialect, broken.content.strip().split(b"\n\n")[-1]), broken.text
        calls = (await gate.ledger())[-3:]
        assert [call.get("status", "ok") for call in calls] == ["ok", "ok", "cut"]
        assert [call["output_tokens"] for call in calls[:2]] == [7, 7]


async def test_an_alias_over_two_dialects_falls_back_across_them(gate: Gate) -> None:
    gate.one.play(u.whole(d.error("chat"), 529))
    gate.two.play(u.events(d.stream("messages")))
    candidates = (gate.providers["one-chat"], "m", 1), (gate.providers["two-messages"], "m", 1)
    await alias(gate.ana, "mixed", "priority", *candidates)
    answer = await gate.say("chat", "mixed", stream=True)
    assert "Hello" in answer.text
    assert answer.text.endswith("data: [DONE]\n\n")
    assert json.loads(gate.two.got[0].body)["messages"]


async def test_head_is_answered(gate: Gate) -> None:
    assert (await gate.ana.client.head("/v1")).status_code == 200
