"""The file of servers: read while the server runs, whatever is done to it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from entourage.kit.errors import Invalid
from entourage.tools.mcp.servers.file import read_file
from entourage.tools.mcp.servers.service import McpServers
from tests.tools.mcp.fake import http_fake
from tests.tools.mcp.servers.rig import called, names, pool_of, said
from tests.world import open_world

URL = "/api/v1/mcp/servers"


async def test_servers_come_change_and_go_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mcp.yaml"
    monkeypatch.setenv("KEY_OF_THE_HOST", "from-outside")
    async with (
        http_fake("--json", "--key", "from-outside") as (port, _),
        http_fake("--json") as (other, _),
        open_world(tmp_path / "data", mcp_servers_file=file) as world,
    ):
        ana = await world.person("ana", is_admin=True)
        leo = await world.person("leo")
        servers = world.services.get(McpServers)
        told: asyncio.Queue[str] = asyncio.Queue()
        servers.on_change(lambda _owner, server, kind: told.put_nowait(server) if kind == "tools" else None)

        async def written(text: str) -> float:
            """Seconds until somebody who listens hears of it."""
            while not told.empty():
                told.get_nowait()
            started = time.monotonic()
            file.write_text(text)
            async with asyncio.timeout(20):
                await told.get()
            return time.monotonic() - started

        key = "{Authorization: 'Bearer ${env:KEY_OF_THE_HOST}'}"
        one = f"one:\n    url: http://127.0.0.1:{port}/mcp\n    headers: {key}"
        took = await written(f"servers:\n  {one}\n")
        assert "echo" in await names(leo, "one")
        assert await said(leo, "one.echo", a=1) == '{"a": 1}'
        items = (await ana.get(URL))["items"]
        assert [(item["name"], item["source"], item["is_own"]) for item in items] == [("one", "file", False)]
        assert (await ana.client.patch(f"{URL}/{items[0]['id']}", json={"title": "x"})).status_code == 403
        assert (await ana.client.delete(f"{URL}/{items[0]['id']}")).status_code == 403
        assert (await ana.client.post(f"{URL}/{items[0]['id']}/accept", json={"tools": "*"})).status_code == 200
        assert (await leo.client.post(f"{URL}/{items[0]['id']}/accept", json={"tools": "*"})).status_code == 403
        await leo.post(URL, {"name": "one", "url": "https://example.com"}, 409)

        backend = pool_of(world).known(items[0]["id"], leo.id)
        two = f"two:\n    url: http://127.0.0.1:{other}/mcp\n    shared: false"
        await written(f"mcpServers:\n  {one}\n    overrides: {{echo: {{hidden: true}}}}\n  {two}\n")
        assert "echo" not in await names(leo, "one")
        assert await names(leo, "two") == []
        assert pool_of(world).known(items[0]["id"], leo.id) is backend  # only what is shown has changed

        file.write_text("servers: [this, is, no map")  # half written: nothing changes
        await asyncio.sleep(1.0)
        assert "count" in await names(leo, "one")
        await written("servers: {}\n")
        assert await names(leo, "one") == []
        assert (await leo.client.post("/my/tools/one.echo/call", json={"args": {}})).status_code == 404
        assert took < 5  # a second is the bar; a busy machine may take longer


async def test_a_wrong_entry_leaves_what_it_was_before(tmp_path: Path) -> None:
    file = tmp_path / "mcp.yaml"
    async with http_fake("--json") as (port, _):
        file.write_text(f"servers:\n  one: {{url: 'http://127.0.0.1:{port}/mcp'}}\n")
        async with open_world(tmp_path / "data", mcp_servers_file=file) as world:
            ana = await world.person("ana", is_admin=True)
            assert "echo" in await names(ana, "one")
            definition = world.services.get(McpServers).registry.named(ana.id, "one")
            file.write_text("servers:\n  one: {url: 17}\n  three: {command: sh}\n")
            async with asyncio.timeout(20):
                while "three" not in world.services.get(McpServers).registry.visible(ana.id):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert world.services.get(McpServers).registry.named(ana.id, "one") is definition
            assert (await called(ana, "one.echo"))["status"] == "ok"


def test_what_is_wrong_is_told_by_name() -> None:
    found, problems = read_file(
        """
        servers:
          good: {command: npx, args: [-y, thing], env: {A: "${secret:A}"}, folders: [{path: /srv, writable: true}]}
          typed: {type: streamable-http, url: "https://example.com/mcp"}
          no-url: {}
          a.dot: {url: "https://example.com"}
          strange: {command: sh, unknown: 1}
          text: just this
        """
    )
    assert [one.name for one in found] == ["good", "typed"]
    assert (found[0].transport, found[1].transport) == ("stdio", "http")
    assert found[0].replicas[0].folders == (("/srv", True),)
    assert sorted(problems) == ["a.dot", "no-url", "strange", "text"]
    assert "url" in problems["no-url"] and "unknown" in problems["strange"]


@pytest.mark.parametrize(
    "text", ["[]", "servers: 3", "x: {}", "servers: {a: !!python/object:os.system {}}", "\t- :", "a: *b"]
)
def test_what_is_no_file_of_servers_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_file(text)
