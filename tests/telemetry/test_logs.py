"""The JSON log: what a line carries, and what never stands in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from entourage.kit.logs import configure_logs
from tests.e2e.walking import begin_walk, connect
from tests.fakes.llm_server import FakeLLM
from tests.world import PASSWORD, open_world, quick_settings

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Lines:
    """What was written to stderr."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def of(self, **fields: Any) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in found if fields.items() <= line.items()]


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Logging as the server sets it up, at its loudest."""
    root = logging.getLogger()
    before, level, configured = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure_logs(quick_settings(tmp_path, log_level="debug", log_format="json"))
    yield Lines(stream)
    root.handlers[:] = before
    root.setLevel(level)
    structlog.configure(**configured)


async def test_a_request_is_one_line_with_its_trace_and_person(tmp_path: Path, lines: Lines) -> None:
    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        chat = await ana.chat()
        await ana.client.get(f"/my/chat/{chat}", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    (line,) = lines.of(event="request", trace_id=TRACE)
    assert (line["route"], line["method"], line["status"]) == ("/my/chat/{chat_id}", "GET", 200)
    assert (line["user_id"], line["session_id"], line["level"]) == (ana.id, chat, "debug")
    assert line["latency_ms"] > 0 and line["request_id"]


async def test_the_line_of_a_request_can_be_louder_or_off(tmp_path: Path, lines: Lines) -> None:
    for choice, levels in (("info", {"info"}), ("off", set())):
        async with open_world(tmp_path / choice, access_log=choice) as world:
            await (await world.person("ana")).client.get(f"/my/chat?limit=1&cursor={choice}")
        assert {line["level"] for line in lines.of(event="request")} - {"debug"} == levels or choice == "off"


async def test_tools_are_logged_with_what_they_belong_to(tmp_path: Path, lines: Lines, fake_llm: FakeLLM) -> None:
    async with open_world(tmp_path) as world:
        ana = await world.person("ana")
        await connect(ana, fake_llm)
        chat, _ = await begin_walk(ana)
    tool = lines.of(event="tool.called", user_id=ana.id, session_id=chat)[0]
    assert tool["agent"] == "orchestrator" and tool["tool"] and tool["latency_ms"] >= 0
    request = lines.of(event="request", route="/my/chat/{chat_id}/message/", user_id=ana.id)[0]
    assert tool["trace_id"] == request["trace_id"]


async def test_a_whole_walk_leaves_nothing_private_in_the_log(tmp_path: Path, lines: Lines, fake_llm: FakeLLM) -> None:
    async with open_world(tmp_path, metrics_token="tok-metrics-1") as world:
        ana = await world.person("ana")
        await connect(ana, fake_llm)
        chat, _ = await begin_walk(ana)
        said = "tulip-4711 is what I think"
        await ana.say(chat, said)
        key = (await ana.post("/my/keys", {"name": "k"}, 201))["key"]
        await ana.client.put("/my/secrets/GITHUB", json={"value": "ghp_very_secret"})
        body = {"email": "ana@example.com", "password": PASSWORD}
        signed_in = (await ana.client.post("/api/v1/auth/login", json=body)).json()
        await ana.client.post("/api/v1/auth/login", json={**body, "password": "wrong horse battery"})
        await ana.client.get("/my/chat", params={"q": "tulip-4711"})
        await ana.client.post("/my/chat", content=b'{"title": "tulip-4711", ')
        await ana.client.get("/metrics", headers={"Authorization": "Bearer tok-metrics-1"})
    assert len(lines.of(event="request")) > 10
    for private in (
        "tulip-4711", "sk-test", "ghp_very_secret", PASSWORD, "wrong horse", key, ana.token, "tok-metrics-1",
        signed_in["access_token"], signed_in["refresh_token"], "Bearer", ana.email,
    ):  # fmt: skip
        assert private not in lines.text, private
