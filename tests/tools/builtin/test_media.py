"""generate_image and speak: the person's own providers, asked through the gateway."""

from __future__ import annotations

import base64

from tests.fakes.llm_server import FakeLLM
from tests.llm.money.spending import flush
from tests.tools.services.test_tools import call
from tests.world import Person, World

TOOLS = ("generate_image", "speak")


async def allowed(world: World) -> Person:
    anna = await world.person("anna")
    for tool in TOOLS:
        await anna.post("/my/tool-policies", {"tool": tool, "grant": "allow"}, 201)
    return anna


async def test_pictures_and_speech_come_as_content(small_world: World, fake_llm: FakeLLM):
    anna = await allowed(small_world)
    await anna.connect(f"{fake_llm.url}/v1", ["echo", "gpt-image-1", "tts-1"])
    picture = await call(anna, "generate_image", prompt="a cat")
    assert picture["status"] == "ok", picture
    assert picture["content"][0]["mimeType"] == "image/png"
    assert base64.b64decode(picture["content"][0]["data"]).startswith(b"\x89PNG")
    sound = await call(anna, "speak", text="hello there", format="wav")
    assert (sound["status"], sound["content"][0]["type"]) == ("ok", "audio")
    await flush(small_world)
    usage = await anna.get("/my/usage", by="model")
    assert {row["key"] for row in usage["items"]} == {"gpt-image-1", "tts-1"}


async def test_without_a_provider_the_failure_says_what_to_do(small_world: World):
    anna = await allowed(small_world)
    for tool, args in (("generate_image", {"prompt": "x"}), ("speak", {"text": "x"})):
        failed = await call(anna, tool, **args)
        assert failed["status"] == "failed"
        assert "Connect one" in failed["error"]
    named = await call(anna, "generate_image", prompt="x", model="nobody/none")
    assert "does not exist" in named["error"]


async def test_they_cost_money_so_they_ask_first(small_world: World):
    anna = await small_world.person("anna")
    assert (await call(anna, "speak", text="hello"))["status"] == "waiting"
