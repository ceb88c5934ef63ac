"""Programs of others before the gateway: the Inspector's command line, and Claude Code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.llm_server import FakeLLM
from tests.hooks.claude import BINARY, MISSING, Machine, script
from tests.llm.clients.conftest import CLIENTS
from tests.llm.clients.conftest import MISSING as NO_CLIENTS
from tests.tools.mcp.clients.running import run
from tests.tools.mcp.clients.test_python_clients import shop
from tests.tools.mcp.front.rig import fronted
from tests.world import World

INSPECTOR = CLIENTS / "node_modules/.bin/mcp-inspector"


@pytest.mark.skipif(not INSPECTOR.exists(), reason=NO_CLIENTS)
async def test_the_inspector(small_world: World, tmp_path: Path) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, shop()):

        async def inspect(*more: str) -> dict:
            key = f"Authorization: Bearer {anna.token}"
            url = f"{small_world.url}/mcp"
            return json.loads(
                await run(tmp_path, INSPECTOR, "--cli", url, "--transport", "http", "--header", key, *more)
            )

        listed = await inspect("--method", "tools/list")
        assert [tool["name"] for tool in listed["tools"]] == ["shop__add", "shop__greet"]
        args = ("--tool-name", "shop__add", "--tool-arg", "a=1", "--tool-arg", "b=2")
        assert (await inspect("--method", "tools/call", *args))["structuredContent"] == {"sum": 3}


@pytest.mark.skipif(not BINARY.exists(), reason=MISSING)
async def test_claude_code(small_world: World, tmp_path: Path) -> None:
    anna, server = await small_world.person("anna"), shop()
    made = await anna.post("/my/keys", {"name": "claude", "scopes": ["read", "write"]}, 201)
    config = tmp_path / "mcp.json"
    with FakeLLM("calls") as llm:
        async with fronted(small_world, server):
            connect = await anna.get("/my/mcp/connect")
            here = connect["json"].replace(connect["url"], f"{small_world.url}/mcp")  # its port is found at start
            config.write_text(here.replace("KEY", made["key"]))
            home, project = tmp_path / "home", tmp_path / "project"
            home.mkdir()
            project.mkdir()
            machine = Machine(home, project, llm)
            prompt = script(("mcp__entourage__shop__add", {"a": 20, "b": 22}))
            said = await machine.claude_says(prompt, "mcp__entourage__shop__add", "--mcp-config", str(config))
    assert "42" in said
    assert server.calls[-1].params == {"name": "add", "arguments": {"a": 20, "b": 22}}
