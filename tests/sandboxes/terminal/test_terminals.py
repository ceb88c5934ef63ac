"""Terminals through their doors: a real shell in a real sandbox, looked at over real WebSockets."""

from __future__ import annotations

import json

import pytest
import websockets

from entourage.sandboxes.terminal import viewer as viewers
from entourage.sandboxes.terminal.viewer import WINDOW_BYTES
from tests.sandboxes.terminal.screen import PROMPT, Screen, prompt, screen, shell
from tests.world import World


async def test_a_shell_answers_and_its_end_is_told(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana)
    async with screen(small_world, ana, terminal) as client:
        await prompt(client)
        await client.type("tty; id -un; pwd\n")
        told = await client.until(PROMPT)
        assert b"/dev/pts/0\r\nsandbox\r\n/home/user\r\n" in told
        await client.type("exit 7\n")
        assert (await client.told("exit"))["code"] == 7
    shown = (await ana.client.get(f"/my/terminals/{terminal}")).json()
    assert (shown["status"], shown["exit_code"]) == ("exited", 7)


async def test_a_client_that_comes_back_misses_no_byte_and_sees_none_twice(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana, command="for i in $(seq 5000); do echo línea $i; done; sleep 1000")
    async with screen(small_world, ana, terminal) as client:
        whole = await client.until("línea 5000\r\n".encode())
    for after in (0, 1, 7, 4095, 40_000, len(whole) - 1, len(whole)):
        async with screen(small_world, ana, terminal, after=after) as again:
            while len(again.output) < len(whole) - after:
                await again.step()
            assert bytes(again.output) == whole[after:]


async def test_what_the_scrollback_has_lost_is_told(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana, command="yes | head -c 4000000; echo done; sleep 1000")
    async with screen(small_world, ana, terminal) as client:
        await client.until(b"done\r\n")
        end = client.offset
    async with screen(small_world, ana, terminal, after=10) as again:
        gap = await again.told("gap")
        assert gap["from"] == 10
        while gap["to"] + len(again.output) < end:
            await again.step()
        assert again.output.endswith(b"y\r\ndone\r\n")


async def test_ctrl_c_reaches_a_program_that_floods(small_world: World) -> None:
    ana = await small_world.person("ana")
    async with screen(small_world, ana, await shell(ana)) as client:
        await prompt(client)
        await client.type("yes\n")
        await client.until(b"y\r\n" * 100_000)
        await client.type("\x03")
        await client.until(PROMPT)


async def test_a_program_waits_for_a_client_that_does_not_draw(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana, command="yes | head -c 3000000; echo over; sleep 1000")
    async with screen(small_world, ana, terminal) as client:
        while len(client.output) < WINDOW_BYTES:
            await client.step(drawing=False)
        shown = (await ana.client.get(f"/my/terminals/{terminal}")).json()
        assert WINDOW_BYTES <= shown["offset"] < 4 * WINDOW_BYTES
        assert len(client.output) == WINDOW_BYTES
        await client.tell(type="ack", offset=client.offset)
        await client.until(b"over\r\n")


async def test_nobody_waits_for_a_client_that_sleeps(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entourage.sandboxes.terminal.session.LAGGING_SECONDS", 0.2)
    monkeypatch.setattr(viewers, "LAGGING_SECONDS", 0.2)
    ana = await small_world.person("ana")
    terminal = await shell(ana, command="yes | head -c 3000000; echo over; sleep 1000")
    async with screen(small_world, ana, terminal) as sleeper, screen(small_world, ana, terminal) as client:
        await client.until(b"over\r\n")
        while not sleeper.output:
            await sleeper.step(drawing=False)
        await sleeper.tell(type="ack", offset=sleeper.offset)
        assert (await sleeper.told("gap"))["from"] <= WINDOW_BYTES


async def test_what_is_typed_in_a_great_paste_arrives_whole(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana, command="stty raw -echo; echo ready; head -c 300000 | md5sum; sleep 1000")
    async with screen(small_world, ana, terminal) as client:
        await client.until(b"ready\n")
        text = "0123456789abcde\n" * 18_750
        for start in range(0, len(text), 50_000):
            await client.type(text[start : start + 50_000])
        import hashlib

        await client.until(hashlib.md5(text.encode()).hexdigest().encode())


async def test_two_clients_see_the_same_and_each_other(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana)
    async with screen(small_world, ana, terminal) as one, screen(small_world, ana, terminal) as two:
        assert (await one.told("viewers"))["count"] in (1, 2)
        await prompt(one)
        await two.until(PROMPT)
        await two.type("echo from-two\n")
        for client in (one, two):
            await client.until(b"from-two\r\n")
            await client.until(PROMPT)
        await one.tell(type="resize", rows=40, cols=132)
        assert await two.told("resized") == {"type": "resized", "rows": 40, "cols": 132}
        await two.type("stty size\n")
        await two.until(b"40 132\r\n")


async def test_a_recording_becomes_an_artifact(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana, record=True)
    async with screen(small_world, ana, terminal) as client:
        await prompt(client)
        await client.type("echo für immer\n")
        await client.until("für immer\r\n".encode())
        await client.until(PROMPT)
        await client.tell(type="resize", rows=30, cols=100)
        await client.told("resized")
        kept = await ana.post(f"/my/terminals/{terminal}/record", {"on": False}, 200)
    artifact = (await ana.client.get(f"/my/artifacts/{kept['artifact_id']}")).json()
    assert (artifact["type"], artifact["format"]) == ("terminal", "application/x-asciicast")
    cast = (await ana.client.get(f"/my/artifacts/{kept['artifact_id']}/content")).content.splitlines()
    header, *lines = [json.loads(line) for line in cast]
    assert (header["version"], header["width"], header["height"]) == (2, 80, 24)
    assert "für immer\r\n" in "".join(text for _, kind, text in lines if kind == "o")
    assert [text for _, kind, text in lines if kind == "r"] == ["100x30"]
    assert [at for at, *_ in lines] == sorted(at for at, *_ in lines)


async def test_nonsense_is_answered_and_the_terminal_goes_on(small_world: World) -> None:
    ana = await small_world.person("ana")
    async with screen(small_world, ana, await shell(ana)) as client:
        for nonsense in (
            "",
            "{",
            "[]",
            '{"type":"x"}',
            '{"type":"resize","rows":0,"cols":9}',
            '{"type":"ack"}',
            "[" * 5000,
        ):
            await client.socket.send(nonsense)
            if nonsense:
                await client.told("error")
        await client.tell(type="ack", offset=2**62)
        await prompt(client)


async def test_a_stranger_finds_no_terminal(small_world: World) -> None:
    ana, bob = await small_world.person("ana"), await small_world.person("bob")
    terminal = await shell(ana)
    assert (await bob.client.get("/my/terminals")).json()["items"] == []
    assert (await bob.client.get(f"/my/terminals/{terminal}")).status_code == 404
    assert (await bob.client.delete(f"/my/terminals/{terminal}")).status_code == 404
    with pytest.raises(websockets.ConnectionClosed) as closed:
        async with screen(small_world, bob, terminal):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4400


async def test_closing_ends_the_program_and_its_clients(small_world: World) -> None:
    ana = await small_world.person("ana")
    terminal = await shell(ana)
    async with screen(small_world, ana, terminal) as client:
        await prompt(client)
        assert (await ana.client.delete(f"/my/terminals/{terminal}")).status_code == 204
        with pytest.raises(websockets.ConnectionClosed):
            await read_on(client)
    assert (await ana.client.get(f"/my/terminals/{terminal}")).status_code == 404


async def read_on(client: Screen) -> None:
    while True:
        await client.step()


async def test_a_viewer_of_the_workspace_looks_and_does_not_type(small_world: World) -> None:
    ana, bob = await small_world.person("ana"), await small_world.person("bob")
    workspace = (await ana.post("/api/v1/workspaces", {"name": "shared"}, 201))["id"]
    await ana.post(f"/api/v1/workspaces/{workspace}/members", {"email": bob.email, "role": "viewer"}, 201)
    terminal = await shell(ana, workspace_id=workspace)
    assert [one["id"] for one in (await bob.client.get("/my/terminals")).json()["items"]] == [terminal]
    async with screen(small_world, ana, terminal) as hers, screen(small_world, bob, terminal) as his:
        assert (hers.hello["writable"], his.hello["writable"]) == (True, False)
        await his.type("echo by-bob\n")
        await prompt(hers)
        await hers.type("echo by-ana > note; cat note\n")
        seen = await his.until(b"by-ana\r\n" + b"\x1b[?2004h" + PROMPT)
        assert b"by-bob" not in seen
    assert (await bob.client.delete(f"/my/terminals/{terminal}")).status_code == 403
    read = await ana.client.get(f"/api/v1/workspaces/{workspace}/file", params={"path": "note"})
    assert read.content == b"by-ana\n"
