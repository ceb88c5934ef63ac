"""Servers of others, as their ready-made entries start them: listed, called, refusing, killed and there again.

They are fetched by `scripts/tool-servers`; without that, these tests are skipped.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from entourage.sandboxes.bubblewrap import host_user
from entourage.tools.mcp.servers.entries import ENTRIES, command_of
from entourage.tools.mcp.servers.install import packages_of
from tests.fakes.github import TOKEN, fake_github
from tests.tools.mcp.real.sshd import sshd
from tests.tools.mcp.servers.rig import called, fresh_name, names, pool_of, said, until
from tests.world import Person, World, quick_settings

URL = "/api/v1/mcp/servers"
PACKAGES = packages_of(quick_settings(Path("/nowhere")))

pytestmark = pytest.mark.skipif(
    PACKAGES is None or shutil.which("bwrap") is None, reason="scripts/tool-servers has fetched no servers"
)


@asynccontextmanager
async def entry(person: Person, entry_id: str, **values: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The entry's server under a fresh name, removed in the end."""
    name = fresh_name(entry_id)
    made = await person.post(URL, {"name": name, "entry": entry_id, "values": values}, 201)
    await person.post("/my/tool-policies", {"subject": "*", "tool": f"{name}.*", "grant": "allow"}, 201)
    try:
        check = await person.post(f"{URL}/{made['id']}/check", status=200)
        assert check["ok"], check
        yield name, made
    finally:
        assert (await person.client.delete(f"{URL}/{made['id']}")).status_code == 204


async def killed(world: World, person: Person, made: dict[str, Any]) -> None:
    """Its process is killed, and that was noticed."""
    pid = (await person.get(f"{URL}/{made['id']}/status"))["pid"]
    os.kill(pid, signal.SIGKILL)
    backend = pool_of(world).known(made["id"], person.id)
    assert backend
    await until(lambda: backend.seats[0].current is None)


@pytest.fixture
async def ana(small_world: World) -> Person:
    return await small_world.person("ana", is_admin=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that a server may work on, whoever it runs as; not below one that only we may enter."""
    found = Path("/var/tmp") / f"entourage-test-{tmp_path.parent.name}-{tmp_path.name}"
    found.mkdir(exist_ok=True)
    user = host_user()
    if user.dropped:
        os.chown(found, user.uid, user.gid)
    return found


@pytest.fixture(autouse=True)
def tidy(folder: Path) -> Any:
    yield
    shutil.rmtree(folder, ignore_errors=True)


def test_entries_use_what_was_fetched() -> None:
    fetched = [one for one in ENTRIES if one.id != "e2b" and not one.path]
    for one in fetched:
        command, args = command_of(one, PACKAGES)
        assert str(PACKAGES) in " ".join((command, *args)), one.id


async def test_time(small_world: World, ana: Person) -> None:
    async with entry(ana, "time") as (name, made):
        assert await names(ana, name) == ["convert_time", "get_current_time"]
        assert "Europe/Lisbon" in await said(ana, f"{name}.get_current_time", timezone="Europe/Lisbon")
        assert (await called(ana, f"{name}.get_current_time", timezone="Mars/Base"))["status"] == "failed"
        assert (await ana.get(f"{URL}/{made['id']}/status"))["era"] == "modern"
        await killed(small_world, ana, made)
        assert "Asia" in await said(ana, f"{name}.get_current_time", timezone="Asia/Tokyo")


async def test_filesystem(small_world: World, ana: Person, folder: Path) -> None:
    (folder / "here.txt").write_text("it is here")
    async with entry(ana, "filesystem", FOLDER=str(folder)) as (name, made):
        assert len(await names(ana, name)) >= 11
        assert "it is here" in await said(ana, f"{name}.read_text_file", path=str(folder / "here.txt"))
        await said(ana, f"{name}.write_file", path=str(folder / "new.txt"), content="written")
        assert (folder / "new.txt").read_text() == "written"
        assert (await called(ana, f"{name}.read_text_file", path="/etc/passwd"))["status"] == "failed"
        await killed(small_world, ana, made)
        assert "new.txt" in await said(ana, f"{name}.list_directory", path=str(folder))


async def test_git(small_world: World, ana: Person, folder: Path) -> None:
    (folder / "file").write_text("one\n")
    _repository(folder)
    async with entry(ana, "git", FOLDER=str(folder)) as (name, made):
        assert "git_log" in await names(ana, name)
        assert "first light" in await said(ana, f"{name}.git_log", repo_path=str(folder))
        assert (await called(ana, f"{name}.git_status", repo_path="/etc"))["status"] == "failed"
        await killed(small_world, ana, made)
        assert "clean" in await said(ana, f"{name}.git_status", repo_path=str(folder))


async def test_fetch_refuses_this_machine(small_world: World, ana: Person) -> None:
    async with entry(ana, "fetch") as (name, made):
        assert await names(ana, name) == ["fetch"]
        refused = await called(ana, f"{name}.fetch", url=small_world.url)
        assert refused["status"] == "failed"
        await killed(small_world, ana, made)
        assert (await called(ana, f"{name}.fetch", url="http://169.254.169.254/"))["status"] == "failed"


async def test_memory_remembers_across_a_restart(small_world: World, ana: Person) -> None:
    async with entry(ana, "memory") as (name, made):
        assert len(await names(ana, name)) == 9
        entity = {"name": "Lisbon", "entityType": "city", "observations": ["has hills"]}
        await said(ana, f"{name}.create_entities", entities=[entity])
        assert (await called(ana, f"{name}.create_entities", entities="Porto"))["status"] == "failed"
        await killed(small_world, ana, made)
        assert "has hills" in await said(ana, f"{name}.read_graph")


async def test_everything(small_world: World, ana: Person) -> None:
    async with entry(ana, "everything") as (name, made):
        assert "echo" in await names(ana, name)
        assert "hello" in await said(ana, f"{name}.echo", message="hello")
        assert (await called(ana, f"{name}.get-sum", a="one", b=2))["status"] == "failed"
        image = await called(ana, f"{name}.get-tiny-image")
        assert any(block["type"] == "image" for block in image["content"])
        check = await ana.post(f"{URL}/{made['id']}/check", status=200)
        assert check["status"]["resources"] > 0 and check["status"]["prompts"] > 0
        await killed(small_world, ana, made)
        assert "again" in await said(ana, f"{name}.echo", message="again")


@pytest.mark.skipif(not Path("/usr/bin/chromium").exists(), reason="Debian's Chromium is not installed")
async def test_playwright_reads_a_page_in_a_real_browser(small_world: World, ana: Person) -> None:
    async with entry(ana, "playwright") as (name, made), page("<title>Harbour</title><h1>The boats are in</h1>") as url:
        assert len(await names(ana, name)) >= 20
        assert "Harbour" in await said(ana, f"{name}.browser_navigate", url=url)
        assert "The boats are in" in await said(ana, f"{name}.browser_snapshot")
        assert (await called(ana, f"{name}.browser_navigate", url="http://127.0.0.1:9/"))["status"] == "failed"
        await killed(small_world, ana, made)
        assert "Harbour" in await said(ana, f"{name}.browser_navigate", url=url)


async def test_ssh_runs_a_command_on_a_machine_with_a_throwaway_key(
    small_world: World, ana: Person, tmp_path: Path
) -> None:
    async with sshd(tmp_path) as there:
        values = {"HOST": "127.0.0.1", "PORT": str(there.port), "USER": there.user, "SSH_KEY": there.key}
        async with entry(ana, "ssh", **values) as (name, made):
            tools = await names(ana, name)
            assert "run-command" in tools
            assert there.key.splitlines()[1] not in str(await ana.get(f"{URL}/{made['id']}"))
            assert "hello from there" in await said(ana, f"{name}.run-command", command="echo hello from there")
            assert (await called(ana, f"{name}.run-command", command="rm -rf /"))["status"] == "denied"
            refused = await called(ana, f"{name}.run-command", command="echo hello", profile="nobody")
            assert refused["status"] == "failed"
            await killed(small_world, ana, made)
            assert "once more" in await said(ana, f"{name}.run-command", command="echo once more")


async def test_github_against_a_fake_of_its_api(small_world: World, ana: Person) -> None:
    try:
        async with fake_github() as github:
            values = {"GITHUB_TOKEN": TOKEN, "HOST": "http://127.0.0.1", "TOOLSETS": "context,repos"}
            async with entry(ana, "github", **values) as (name, made):
                assert "get_me" in await names(ana, name)
                assert "octo" in await said(ana, f"{name}.get_me")
                assert "first light" in await said(ana, f"{name}.list_commits", owner="octo", repo="hello")
                assert (await called(ana, f"{name}.list_commits", owner="octo", repo="nothing"))["status"] == "failed"
                await killed(small_world, ana, made)
                assert "octo" in await said(ana, f"{name}.get_me")
                assert all(TOKEN in who for _, _, who in github.asked)
                assert TOKEN not in str(await ana.get(f"{URL}/{made['id']}"))
    except OSError as error:
        pytest.skip(f"port 80 cannot be had: {error}")


@asynccontextmanager
async def page(html: str) -> AsyncIterator[str]:
    """A page of this machine."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = html.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


def _repository(folder: Path) -> None:
    """With one commit, by whoever the server runs as."""
    who = {"NAME": "a", "EMAIL": "a@b.c"}
    identity = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    for argv in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first light"]):
        command = ["git", "-C", str(folder), "-c", f"safe.directory={folder}", *argv]
        subprocess.run(command, check=True, env=os.environ | identity)
    _own(folder)


def _own(folder: Path) -> None:
    user = host_user()
    if user.dropped:
        subprocess.run(["chown", "-R", f"{user.uid}:{user.gid}", folder], check=True)
