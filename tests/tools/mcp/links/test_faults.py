"""What becomes of a link whose server misbehaves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any

import pytest

from entourage.tools.mcp.links import base
from entourage.tools.mcp.links.errors import LinkFailed, LinkLost, McpError, NotConnected
from entourage.tools.mcp.servers.opening import Wires
from tests.tools.mcp.fake import Heard, called, http_fake, linked, text_of


async def test_noise_on_stdout_is_logged_and_hurts_nobody() -> None:
    heard = Heard()
    async with linked("stdio-legacy", heard) as link:
        assert text_of(await link.request("tools/call", {"name": "noise", "arguments": {}})) == "after the noise"
        noise = [text for kind, text in heard.all if kind == "noise"]
        assert "this is no JSON" in noise
        assert '{"half":' in noise
        assert await heard.wait("noise")
        hanging = asyncio.create_task(link.request("tools/call", {"name": "broken", "arguments": {}}))
        assert (await link.request("ping")) == {}
        hanging.cancel()


async def test_a_server_that_dies_in_mid_call_fails_every_call_at_once() -> None:
    heard = Heard()
    async with linked("stdio-legacy", heard) as link:
        hanging = asyncio.create_task(link.request("tools/call", {"name": "hang", "arguments": {}}))
        with pytest.raises(LinkLost):
            await link.request("tools/call", {"name": "die", "arguments": {}})
        with pytest.raises(LinkLost):
            await hanging
        assert "code 9" in await heard.wait("lost")
        assert not link.is_open
        with pytest.raises(NotConnected):
            await link.request("ping")


async def test_a_killed_process_is_noticed_without_a_call() -> None:
    heard = Heard()
    async with linked("stdio-legacy", heard) as link:
        assert link.pid
        os.kill(link.pid, signal.SIGKILL)
        assert "signal 9" in await heard.wait("lost")


async def test_a_server_that_is_silent_about_the_new_era_is_greeted_in_the_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(base, "PATIENCE_SECONDS", 0.2)
    async with linked("stdio-legacy", Heard(), "--dumb") as link:
        assert link.era == "legacy"


async def test_a_modern_server_that_starts_slowly_stays_modern(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PATIENCE_SECONDS", 0.1)
    async with linked("stdio-modern", Heard(), "--slow-start", "0.3") as link:
        assert link.era == "modern"


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
async def test_every_handshake_revision_is_spoken(version: str) -> None:
    async with linked("stdio-legacy", Heard(), "--version", version, known="legacy") as link:
        assert link.protocol_version == version


async def test_a_revision_nobody_knows_is_refused() -> None:
    with pytest.raises(McpError):
        async with linked("stdio-legacy", Heard(), "--version", "1999-01-01"):
            pass


async def test_a_command_that_is_no_server_is_told_of() -> None:
    from entourage.tools.mcp.links.stdio import StdioLink

    heard = Heard()
    with pytest.raises(LinkFailed):
        await StdioLink(heard).start(["/bin/sh", "-c", "echo nothing here >&2; exit 3"], {}, seconds=10)
    assert ("noise", "nothing here") in heard.all
    assert "code 3" in await heard.wait("lost")


async def test_a_session_the_server_forgot_is_begun_anew() -> None:
    wires = Wires(is_private=True)
    async with http_fake("--json") as (port, process), called("http", port, Heard(), wires) as link:
        assert await link.request("ping") == {}
        process.kill()
        await process.wait()
        async with http_fake("--json", port=port):
            assert await link.request("ping") == {}
            assert text_of(await link.request("tools/call", {"name": "count"})) == "1"
    await wires.close()


async def test_nobody_listening_is_not_connected_and_a_dead_server_is_lost() -> None:
    wires = Wires(is_private=True)
    async with http_fake("--json") as (port, process), called("http", port, Heard(), wires) as link:
        with pytest.raises(LinkLost):
            await link.request("tools/call", {"name": "die"})
        await process.wait()
        with pytest.raises(NotConnected):
            await link.request("tools/call", {"name": "echo"})
    await wires.close()


async def test_a_private_address_is_refused_where_only_public_ones_are_allowed() -> None:
    wires = Wires(is_private=False)
    async with http_fake() as (port, _):
        with pytest.raises(NotConnected, match="private network"):
            async with called("http", port, Heard(), wires):
                pass
    await wires.close()


async def test_a_server_that_wants_a_key_says_so_without_telling_ours() -> None:
    wires = Wires(is_private=True)
    async with http_fake("--key", "right") as (port, _):
        with pytest.raises(LinkFailed, match="check its key"):
            async with called("http", port, Heard(), wires):
                pass
    await wires.close()


def of_links() -> set[asyncio.Task[Any]]:
    """Tasks that links have made; other tests of the same loop have others."""
    running = (task for task in asyncio.all_tasks() if not task.done())
    codes = ((task, getattr(task.get_coro(), "cr_code", None)) for task in running)
    return {task for task, code in codes if code is not None and "/mcp/links/" in code.co_filename}


async def test_closing_leaves_no_process_and_no_task() -> None:
    before = of_links()
    async with linked("stdio-modern", Heard()) as link:
        pid = link.pid
        hanging = asyncio.create_task(link.request("tools/call", {"name": "hang"}))
        await link.request("tools/list")
    with contextlib.suppress(LinkLost):
        await hanging
    assert pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await asyncio.sleep(0)
    assert of_links() <= before
