"""Other people's Python clients before the gateway, unchanged: the SDK's in both eras, and FastMCP's."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

import pytest

from tests.tools.mcp.front.rig import Call, PlayedServer, fronted, text
from tests.world import World

if any(find_spec(name) is None for name in ("mcp", "httpx2", "fastmcp")):
    pytest.skip("the clients are not installed", allow_module_level=True)

FORM = {"message": "Who?", "requestedSchema": {"type": "object", "properties": {"name": {"type": "string"}}}}


def shop() -> PlayedServer:
    server = PlayedServer("shop")

    @server.tool("add", description="Adds.", inputSchema={"type": "object", "properties": {"a": {}, "b": {}}})
    async def add(call: Call):
        args = call.params["arguments"]
        return {**text(str(args["a"] + args["b"])), "structuredContent": {"sum": args["a"] + args["b"]}}

    @server.tool("greet")
    async def greet(call: Call):
        if call.progress:
            call.progress(1, 2, "asking")
        said = await call.ask.ask("elicitation/create", FORM)
        return text(f"Hello, {said['content']['name']}!")

    @server.answers("resources/list")
    async def resources(_: Call):
        return {"resources": [{"uri": "shop://stock", "name": "stock"}]}

    @server.answers("resources/templates/list")
    async def templates(_: Call):
        return {"resourceTemplates": []}

    @server.answers("resources/read")
    async def read(call: Call):
        return {"contents": [{"uri": call.params["uri"], "text": "12 pieces"}]}

    @server.answers("prompts/list")
    async def prompts(_: Call):
        return {"prompts": [{"name": "sell"}]}

    @server.answers("prompts/get")
    async def prompt(_: Call):
        return {"messages": [{"role": "user", "content": {"type": "text", "text": "Buy!"}}]}

    return server


@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
async def test_the_sdks_client(small_world: World, mode: Any) -> None:
    import httpx2
    import mcp
    from mcp.client.streamable_http import streamable_http_client
    from mcp_types import ElicitResult

    anna = await small_world.person("anna")
    told: list[float] = []
    changed = asyncio.Event()

    async def who(*_: Any) -> ElicitResult:
        return ElicitResult(action="accept", content={"name": "Anna"})

    async def progress(done: float, *_: Any) -> None:
        told.append(done)

    async def message(said: Any) -> None:
        if "list_changed" in repr(said) or "ListChanged" in repr(said):
            changed.set()

    headers = {"authorization": f"Bearer {anna.token}"}
    async with (
        fronted(small_world, shop()) as (backends, front),
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
    ):
        transport = streamable_http_client(f"{small_world.url}/mcp", http_client=http)
        async with mcp.Client(transport, mode=mode, elicitation_callback=who, message_handler=message) as client:
            assert client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
            assert [tool.name for tool in (await client.list_tools()).tools] == ["shop__add", "shop__greet"]
            assert (await client.call_tool("shop__add", {"a": 1, "b": 2})).structured_content == {"sum": 3}
            greeted = await client.call_tool("shop__greet", {}, progress_callback=progress)
            assert greeted.content[0].text == "Hello, Anna!"
            assert told == [1]
            assert (await client.read_resource("shop://stock")).contents[0].text == "12 pieces"
            assert [one.name for one in (await client.list_prompts()).prompts] == ["shop__sell"]
            assert (await client.get_prompt("shop__sell")).messages[0].content.text == "Buy!"
            if mode == "legacy":
                async with asyncio.timeout(10):
                    while not changed.is_set():
                        backends.changed("shop")  # its stream may not be open yet
                        await asyncio.wait({asyncio.ensure_future(changed.wait())}, timeout=0.2)
        assert len(front.sessions) == 0


async def test_fastmcps_client(small_world: World) -> None:
    import fastmcp
    from fastmcp.client.transports import StreamableHttpTransport

    anna = await small_world.person("anna")
    async with fronted(small_world, shop()):
        transport = StreamableHttpTransport(f"{small_world.url}/mcp/shop", auth=anna.token)
        async with fastmcp.Client(transport) as client:
            assert [tool.name for tool in await client.list_tools()] == ["add", "greet"]
            assert (await client.call_tool("add", {"a": 2, "b": 3})).structured_content == {"sum": 5}
            assert (await client.read_resource("shop://stock"))[0].text == "12 pieces"
