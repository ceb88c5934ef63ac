"""Workspaces from the terminal."""

from __future__ import annotations

import json
import tarfile
import zipfile
from pathlib import Path

from tests.commands.saying import said_by
from tests.fakes.git_server import GitServer, repository
from tests.world import Person, SharedWorlds, World


async def run(world: World, person: Person, *arguments: str) -> tuple[int, str, str]:
    return await said_by(world, person, "workspace", *arguments)


async def test_a_folder_goes_in_and_comes_out_again(small_world: World, tmp_path: Path) -> None:
    anna, boris = await small_world.person("anna"), await small_world.person("boris")
    code, out, err = await run(small_world, anna, "create", "Site", "--description", "ours")
    assert (code, "Site" in out) == (0, True), err
    source = tmp_path / "source"
    (source / "css").mkdir(parents=True)
    (source / "index.html").write_text("<p>")
    (source / "css/a.css").write_text("p{}")
    (source / "node_modules").mkdir()
    (source / "node_modules/x.js").write_text("x")
    (source / "link").symlink_to("/etc/passwd")
    code, out, err = await run(small_world, anna, "import", "Site", str(source), "--to", "web", "--json")
    assert (code, json.loads(out)["files"]) == (0, 2), err
    code, _, err = await run(small_world, anna, "import", "Site", str(source), "--to", "web")
    assert (code, "is there already" in err) == (1, True)
    assert (await run(small_world, anna, "import", "Site", str(source), "--to", "web", "--overwrite"))[0] == 0
    code, out, _ = await run(small_world, anna, "tree", "Site")
    assert [line.split()[-1] for line in out.splitlines()] == ["web/", "web/css/", "web/css/a.css", "web/index.html"]
    archive = tmp_path / "site.zip"
    assert (await run(small_world, anna, "export", "Site", str(archive)))[0] == 0
    assert "web/css/a.css" in zipfile.ZipFile(archive).namelist()
    packed = tmp_path / "web.tar.gz"
    assert (await run(small_world, anna, "export", "Site", str(packed), "--path", "web"))[0] == 0
    with tarfile.open(packed) as archive_of_web:
        assert "css/a.css" in archive_of_web.getnames()
    assert (await run(small_world, anna, "import", "Site", str(packed), "--to", "again"))[0] == 0
    code, out, _ = await run(small_world, anna, "tree", "Site", "again", "--json")
    assert {json.loads(line)["path"] for line in out.splitlines()} >= {"again/index.html", "again/css/a.css"}
    code, out, _ = await run(small_world, anna, "share", "Site", boris.email, "--role", "viewer")
    assert (code, "viewer" in out) == (0, True)
    assert "editor" in (await run(small_world, anna, "share", "Site", boris.email))[1]
    code, out, _ = await run(small_world, boris, "list", "--json")
    assert (json.loads(out)["name"], json.loads(out)["role"]) == ("Site", "editor")
    assert (await run(small_world, boris, "delete", "Site", "--yes"))[0] == 1
    assert (await run(small_world, anna, "delete", "Site", "--yes"))[0] == 0
    assert (await run(small_world, boris, "list", "--json"))[1] == ""
    code, _, err = await run(small_world, anna, "export", "Site")
    assert (code, "There is no workspace 'Site'" in err.replace('"', "'")) == (1, True), err


async def test_a_repository_comes_in(servers: SharedWorlds, tmp_path: Path) -> None:
    repository(tmp_path / "site", {"a.txt": "a"})
    async with servers.lent("sqlite", fetch_allow_networks=["127.0.0.0/8"]) as world:
        anna = await world.person("anna")
        await run(world, anna, "create", "Site")
        with GitServer(tmp_path) as host:
            code, out, err = await run(world, anna, "import", "Site", f"{host.url}/site.git")
            assert (code, "git" in out) == (0, True), err
            code, _, err = await run(world, anna, "import", "Site", f"{host.url}/nothing.git", "--to", "x")
            assert (code, "not there" in err) == (1, True), err
        assert "a.txt" in (await run(world, anna, "tree", "Site"))[1]
        code, _, err = await run(world, anna, "import", "Site", "file:///etc")
        assert (code, "cannot be imported from" in err) == (1, True), err
