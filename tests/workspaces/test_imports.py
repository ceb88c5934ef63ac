"""Bringing repositories and archives in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.git_server import GitServer, git, repository
from tests.workspaces.places import Space, workspace
from tests.workspaces.test_archives import zipped
from tests.world import SharedWorlds, World


@pytest.fixture
async def open_world(servers: SharedWorlds) -> AsyncIterator[World]:
    """A server whose admin allows this machine's own network."""
    async with servers.lent("sqlite", fetch_allow_networks=["127.0.0.0/8"]) as world:
        yield world


@pytest.fixture
def host(tmp_path: Path) -> Iterator[GitServer]:
    made = repository(tmp_path / "site", {"README.md": "# Site\n", "src/app.py": "x = 1\n"})
    (made / "link").symlink_to("/etc/passwd")
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "--message", "A link")
    git(made, "switch", "--quiet", "--create", "next")
    (made / "next.txt").write_text("next\n")
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "--message", "Next")
    git(made, "tag", "v1")
    git(made, "switch", "--quiet", "main")
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "--quiet")
    (tmp_path / "site.zip").write_bytes(zipped({"one.txt": b"1", "two/2.txt": b"2"}))
    (tmp_path / "evil.zip").write_bytes(zipped({"../../evil": b"1"}))
    with GitServer(tmp_path) as server:
        yield server


async def imported(space: Space, **body: Any) -> dict[str, Any]:
    job = await space.post("import", body, 202)
    async with asyncio.timeout(60):
        while job["status"] in ("queued", "running"):
            await asyncio.sleep(0.05)
            job = await space.get(f"imports/{job['id']}")
    return job


async def test_a_repository_is_cloned_with_its_branches(open_world: World, host: GitServer):
    anna = await open_world.person("anna")
    space = await workspace(anna)
    job = await imported(space, url=f"{host.url}/site.git")
    assert (job["status"], job["error"], job["phase"]) == ("done", None, "over")
    assert job["progress"]["received_bytes"] > 100
    assert await space.paths() == ["README.md", "link", "src", "src/app.py"]
    await space.read("link", 403)
    status = await space.get("git/status")
    assert (status["branch"], status["files"]) == ("main", [])
    names = {one["name"] for one in (await space.get("git/branches"))["branches"]}
    assert names == {"main", "origin/main", "origin/next"}
    assert len((await space.get("git/log"))["commits"]) == 2
    again = await imported(space, url=f"{host.url}/site.git")
    assert (again["status"], again["error"]["code"]) == ("failed", "conflict")
    beside = await imported(space, url=f"{host.url}/moved/site.git", path="libs/next", ref="v1")
    assert beside["status"] == "done", beside["error"]
    assert await space.text("libs/next/next.txt") == "next\n"
    assert [one["id"] for one in (await space.get("imports"))["items"]] == [beside["id"], again["id"], job["id"]]


async def test_archives_come_from_the_web_and_from_the_workspace(open_world: World, host: GitServer):
    anna = await open_world.person("anna")
    space = await workspace(anna)
    job = await imported(space, url=f"{host.url}/files/site.zip", path="site")
    assert (job["status"], job["kind"], job["progress"]["files"]) == ("done", "archive", 2)
    assert await space.text("site/two/2.txt") == "2"
    await space.put("x.zip", zipped({"in": b"side"}))
    assert (await imported(space, archive="x.zip", path="x"))["status"] == "done"
    evil = await imported(space, url=f"{host.url}/files/evil.zip", path="evil")
    assert (evil["status"], evil["error"]["code"]) == ("failed", "invalid")
    assert "evil" not in await space.paths()


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("file:///etc/passwd", 422),
        ("ssh://git@example.com/a.git", 422),
        ("git@example.com:a/b.git", 422),
        ("git://example.com/a", 422),
        ("ext::sh -c id", 422),
        ("https://me:secret@example.com/a.git", 422),
        ("http://", 422),
    ],
)
async def test_other_ways_to_a_repository_are_refused(small_world: World, url: str, status: int):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    refused = await space.post("import", {"url": url}, status)
    assert refused["status"] == status
    assert await space.paths() == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80/a.git", "http://2130706433/a.git", "https://169.254.169.254/a.zip"]
)
async def test_addresses_that_are_not_public_are_refused(small_world: World, url: str):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    job = await imported(space, url=url)
    assert (job["status"], job["error"]["code"]) == ("failed", "forbidden"), job


async def test_what_goes_wrong_is_said_and_leaves_nothing(open_world: World, host: GitServer):
    anna = await open_world.person("anna")
    space = await workspace(anna)
    for url, code in (
        (f"{host.url}/nothing.git", "not-found"),
        (f"{host.url}/away/x.git", "forbidden"),
    ):
        job = await imported(space, url=url)
        assert (job["status"], job["error"]["code"]) == ("failed", code), job
    wrong = await imported(space, url=f"{host.url}/site.git", ref="nothing")
    assert "main, next" in wrong["error"]["detail"]
    assert (await imported(space, url=f"{host.url}/empty.git"))["status"] == "done"
    assert await space.paths(hidden=True, depth=1) == [".git"]
    kept = open_world.settings.data_dir / "workspaces" / anna.id / ".kept" / space.id / "new"
    assert list(kept.iterdir()) == []
