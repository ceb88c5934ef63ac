"""Providers that only any-llm reaches, on a scripted one."""

import json
import sys
from dataclasses import replace

import pytest

from entourage.llm.catalogue import Target
from entourage.llm.kinds import KINDS
from entourage.llm.longtail import LongTail
from entourage.llm.longtail_keys import credentials_of
from entourage.llm.routing.failure import Failed
from entourage.llm.translate import whole_of_stream
from entourage.wire.bounds import Bounds
from tests.fakes.llm_server import FakeLLM
from tests.world import World

VERTEX = Target("p1", "o1", "mine", KINDS["vertex"], "", "sk-test")
THROUGH_OPENAI = replace(VERTEX, kind=KINDS["vertex"]._replace(anyllm="openai"))


def _body(**more: object) -> bytes:
    messages = [{"role": "user", "content": "hi"}]
    return json.dumps({"model": "x", "messages": messages, "cache_control": {"type": "ephemeral"}, **more}).encode()


@pytest.fixture
def tail(fake_llm: FakeLLM) -> LongTail:
    return LongTail(Bounds(first_byte_seconds=20, between_bytes_seconds=0.3), {"openai": fake_llm.openai_url})


async def test_an_answer_comes_as_over_the_wire_whole_and_streamed(tail: LongTail) -> None:
    whole = await tail.ask(THROUGH_OPENAI, "think", _body())
    assert whole.status == 200
    assert whole.body
    told = json.loads(whole.body)
    streamed = await tail.ask(THROUGH_OPENAI, "think", _body(stream=True, stream_options={"include_usage": True}))
    assert streamed.stream
    pieces: list[bytes] = []
    assert await streamed.stream.flow(pieces.append)
    kept = json.loads(whole_of_stream(b"".join(pieces), "chat"))
    for one in (told, kept):
        assert one["choices"][0]["message"]["content"] == "Answer: hi"
        assert one["choices"][0]["finish_reason"] == "stop"
        assert one["usage"] == told["usage"]


@pytest.mark.parametrize(("model", "status"), [("rate_limit", 429), ("bad_request", 400), ("overloaded", 529)])
async def test_refusals_keep_their_status(tail: LongTail, model: str, status: int) -> None:
    reply = await tail.ask(replace(THROUGH_OPENAI, version=2), model, _body())
    assert reply.status == status
    assert reply.body
    assert json.loads(reply.body)["error"]["message"]


async def test_a_person_without_a_key_never_uses_the_servers_own_account(tail: LongTail) -> None:
    with pytest.raises(Failed, match="there is none") as failed:
        await tail.ask(replace(VERTEX, key=None), "gemini", _body())
    assert failed.value.status == 401


@pytest.mark.parametrize("region", ["evil.example/", "eu-west-1.evil", "", "../x", None])
def test_a_region_cannot_lead_elsewhere(region: str | None) -> None:
    key = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": region}
    with pytest.raises(ValueError, match="region"):
        credentials_of("bedrock", json.dumps(key))
    good = credentials_of("bedrock", json.dumps(key | {"region_name": "eu-west-1", "endpoint_url": "http://x"}))
    assert good == {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "eu-west-1"}


async def test_what_is_not_installed_is_named(tail: LongTail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "any_llm", None)
    with pytest.raises(Failed, match=r"entourage\[anyllm\]") as failed:
        await tail.ask(VERTEX, "gemini", _body())
    assert failed.value.status == 503


async def test_the_door_tells_what_is_missing_in_the_callers_dialect(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "google.oauth2.service_account", None)
    ana = await small_world.person("ana")
    key = json.dumps({"type": "service_account", "project_id": "p", "location": "europe-west1"})
    await ana.post("/api/v1/providers", {"name": "cloud", "type": "vertex", "api_key": key, "models": ["gemini"]}, 201)
    body = {"model": "cloud/gemini", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    for path in ("/v1/chat/completions", "/v1/messages"):
        answer = await ana.client.post(path, json=body)
        assert answer.status_code == 503
        assert "entourage[anyllm]" in answer.json()["error"]["message"]
        assert "europe-west1" not in answer.text
