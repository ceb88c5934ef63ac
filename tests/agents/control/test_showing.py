"""Attached files go to models that take them as they are, and are named to those that do not."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.agents.control.leading import text_of
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import call, say
from tests.world import Person, World

PDF = b"%PDF-1.4 a very small one"
WAV = b"RIFF....WAVEfmt "
MODELS = ["gpt-audio-mini", "gpt-5-mini", "claude-sonnet-4-5", "plain"]


@pytest.fixture
async def anna(small_world: World) -> Person:
    return await small_world.person("anna")


async def sent_to(person: Person, llm: FakeLLM, kind: str, model: str) -> list[dict[str, Any]]:
    """The parts of the user's message as the provider got them."""
    url = llm.anthropic_url if kind == "anthropic" else llm.openai_url
    await person.connect(url, MODELS, kind)
    chat = await person.chat()
    files = [
        await person.attach(chat, "paper.pdf", PDF, "application/pdf"),
        await person.attach(chat, "talk.wav", WAV, "audio/wav"),
        await person.attach(chat, "notes.md", b"# Notes", "text/markdown"),
        await person.attach(chat, "data.csv", b"a,b\n1,2\n", "text/csv"),
    ]
    sent = await person.say(chat, "look", attachments=files, model=f"fake/{model}")
    assert sent["reply"]["status"] == "done", sent["reply"]
    content = llm.requests[-1]["body"]["messages"][-1]["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


@pytest.mark.parametrize(
    ("kind", "model", "taken"),
    [
        ("openai", "gpt-audio-mini", ["input_audio"]),
        ("openai", "gpt-5-mini", ["file", "file"]),
        ("anthropic", "claude-sonnet-4-5", ["document", "document"]),
        ("openai_compatible", "gpt-5-mini", []),
        ("openai_compatible", "plain", []),
    ],
)
async def test_each_model_gets_what_it_takes(
    anna: Person, fake_llm: FakeLLM, kind: str, model: str, taken: list[str]
) -> None:
    text, *parts = await sent_to(anna, fake_llm, kind, model)
    for name in ("paper.pdf", "talk.wav", "notes.md", "data.csv"):
        assert f"[attached file: attachments/{name} " in text["text"]
    assert [part["type"] for part in parts] == taken
    for part in parts:
        if part["type"] == "input_audio":
            assert part["input_audio"] == {"data": base64.b64encode(WAV).decode(), "format": "wav"}
    if kind == "anthropic":
        assert base64.b64decode(parts[0]["source"]["data"]) == PDF
        assert parts[1]["source"]["data"] == "# Notes"


async def test_a_result_made_earlier_is_attached_by_its_id(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Any) -> Any:
        if c.attachments:
            return call("read_file", path=c.attachments[0].path) if not c.results else say(c.results[-1].text)
        made = {"type": "document", "title": "Report", "content": "# All is well"}
        return say("made") if c.results else call("create_artifact", **made)

    fake_llm.play(script)
    await anna.connect(fake_llm.openai_url, ["plain"])
    made = await anna.say(await anna.chat(), "@coder make it")
    (artifact,) = made["reply"]["parts"][0]["artifacts"]
    chat = await anna.chat()
    read = await anna.say(chat, "@coder what does it say?", attachments=[artifact["id"]])
    assert "All is well" in text_of(read["reply"])
    assert read["message"]["parts"][1]["name"].startswith("Report")
    nothing = {"content": [], "attachments": ["01890000-0000-7000-8000-000000000000"]}
    assert (await anna.client.post(f"/my/chat/{chat}/message/", json=nothing)).status_code == 404
