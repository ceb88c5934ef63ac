"""Uploads, downloads and archives; those of strangers are refused or bounded, and leave nothing."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from entourage.kit.errors import Problem
from entourage.workspaces import WorkspaceFiles
from entourage.workspaces.packing import zips
from entourage.workspaces.packing.packing import pack
from entourage.workspaces.packing.unpacking import unpack
from tests.workspaces.places import Space, workspace
from tests.world import World

MIB = 1024 * 1024


def zipped(members: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda _info: None) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, data)
    return made.getvalue()


def tarred(members: list[tarfile.TarInfo | tuple[str, bytes]], mode: str = "w:gz") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # pyright: ignore[reportArgumentType, reportCallIssue]
        for member in members:
            if isinstance(member, tuple):
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
            else:
                archive.addfile(member)
    return made.getvalue()


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def a_link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


HOSTILE = {
    "zip ..": zipped({"good": b"x", "../secret.txt": b"evil"}),
    "zip absolute": zipped({"/etc/evil": b"evil"}),
    "zip backslash": zipped({"..\\secret.txt": b"evil"}),
    "zip drive": zipped({"C:/evil": b"evil"}),
    "zip link": zipped({"link": b"../secret.txt"}, a_link),
    "zip long name": zipped({"n" * 300: b"x"}),
    "zip long path": zipped({"/".join(["deep"] * 900): b"x"}),
    "zip file as folder": zipped({"a": b"x", "a/b": b"y"}),
    "tar ..": tarred([("good", b"x"), ("../secret.txt", b"evil")]),
    "tar absolute": tarred([("/tmp/evil", b"evil")]),
    "tar link": tarred([special("link", tarfile.SYMTYPE, "../secret.txt"), ("link", b"evil")]),
    "tar hard link": tarred([special("link", tarfile.LNKTYPE, "../secret.txt")]),
    "tar device": tarred([special("null", tarfile.CHRTYPE)]),
    "tar pipe": tarred([special("pipe", tarfile.FIFOTYPE)]),
    "tar twice": tarred([("a", b"1"), ("a", b"2")]),
    "tar long header": tarred([special("x" * 100, tarfile.GNUTYPE_LONGNAME)]),
    "cut short": tarred([("a", os.urandom(100_000))])[:50_000],
    "nonsense": b"not an archive at all",
    "empty": b"",
    "xz": b"\xfd7zXZ\0\0\0",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_is_refused_as_a_whole(root: Path, what: str):
    files = WorkspaceFiles(root, 10 * MIB, MIB)
    with pytest.raises(Problem) as refused:
        unpack(files, io.BytesIO(HOSTILE[what]), "in", overwrite=False)
    assert refused.value.status in (413, 415, 422), what
    assert list(root.iterdir()) == []
    assert list(files.kept.new.iterdir()) == []
    assert (root.parent / "secret.txt").read_text() == "secret"


BOMBS: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped({"zeros": b"\0" * (40 * MIB)}),
    "gzip": lambda: gzip.compress(tarred([("zeros", b"\0" * (40 * MIB))], "w:")),
    "bzip2": lambda: bz2.compress(tarred([("zeros", b"\0" * (40 * MIB))], "w:")),
    "many": lambda: zipped({f"f{number}": b"" for number in range(60_000)}),
    "pax header": lambda: gzip.compress(b"x" * 257 + b"\0" * (300 * MIB)),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_stopped(root: Path, what: str):
    files = WorkspaceFiles(root, 1 << 40, 1 << 40, max_files=1_000_000)
    with pytest.raises(Problem) as refused:
        unpack(files, io.BytesIO(BOMBS[what]()), "in", overwrite=False)
    assert refused.value.status in (413, 422), refused.value.detail
    assert list(root.iterdir()) == []
    assert list(files.kept.new.iterdir()) == []


def test_a_list_of_members_that_is_itself_a_bomb(monkeypatch: pytest.MonkeyPatch, root: Path):
    monkeypatch.setattr(zips, "MOST_DIRECTORY_BYTES", 1_000)
    files = WorkspaceFiles(root, 10 * MIB, MIB)
    with pytest.raises(Problem, match="list of files"):
        unpack(files, io.BytesIO(zipped({f"f{number}": b"" for number in range(100)})), "", overwrite=False)


def test_an_archive_that_would_pass_the_quota_leaves_nothing(files: WorkspaceFiles, root: Path):
    with pytest.raises(Problem) as refused:
        unpack(files, io.BytesIO(zipped({"a": os.urandom(40_000), "b": os.urandom(40_000), "c": os.urandom(40_000)})),
               "", overwrite=False)  # fmt: skip
    assert refused.value.status in (413, 507)
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_what_is_packed_unpacks_to_the_same(root: Path, kind: str):
    files = WorkspaceFiles(root, 10 * MIB, MIB)
    (root / "src/empty").mkdir(parents=True)
    (root / "src/run.sh").write_text("#!/bin/sh\n")
    (root / "src/run.sh").chmod(0o755)
    (root / "src/café 😀").write_bytes(os.urandom(100_000))
    (root / "src/link").symlink_to("/etc/passwd")
    archive = pack(files, "src", kind)  # pyright: ignore[reportArgumentType]
    paths = unpack(files, archive, "again", overwrite=False)
    assert sorted(paths) == ["again/café 😀", "again/empty", "again/run.sh"]
    assert (root / "again/café 😀").read_bytes() == (root / "src/café 😀").read_bytes()
    assert (root / "again/run.sh").stat().st_mode & 0o777 == 0o755
    assert not (root / "again/link").exists()
    one = pack(files, "src/run.sh", kind)  # pyright: ignore[reportArgumentType]
    assert unpack(files, one, "one", overwrite=False) == ["one/run.sh"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(HOSTILE)), st.integers(0, 400), st.binary(min_size=1, max_size=8))
@example("zip ..", 212, b"\x01")  # a member that begins before the archive
def test_broken_archives_never_reach_outside(root: Path, what: str, at: int, noise: bytes):
    data = bytearray(HOSTILE[what])
    data[at : at + len(noise)] = noise
    files = WorkspaceFiles(root, 10 * MIB, MIB)
    with suppress(Problem):
        unpack(files, io.BytesIO(bytes(data)), "in", overwrite=True)
    assert sorted(path.name for path in root.parent.iterdir()) == [".kept", "files", "secret.txt", "victim"]
    assert (root.parent / "secret.txt").read_text() == "secret"


async def upload(space: Space, files: list[tuple[str, bytes]], status: int = 201, **params: Any) -> dict[str, Any]:
    answer = await space.person.client.post(
        f"{space.url}/upload",
        params=params,
        files=[("files", (name, data, "application/octet-stream")) for name, data in files],
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_folders_are_uploaded_and_archives_unpacked(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    sent = await upload(space, [("site/index.html", b"<p>"), ("site/css/a.css", b"p{}")], path="in")
    assert sent == {"paths": ["in/site/css/a.css", "in/site/index.html"], "files": 2} or sent["files"] == 2
    assert await space.text("in/site/css/a.css") == "p{}"
    await upload(space, [("site/index.html", b"new")], 409, path="in")
    assert await space.text("in/site/index.html") == "<p>"
    await upload(space, [("site/index.html", b"new")], path="in", overwrite=True)
    assert await space.text("in/site/index.html") == "new"
    await upload(space, [("x.zip", zipped({"one": b"1", "two/2": b"2"}))], path="out", unpack=True)
    assert await space.paths("out") == ["out/one", "out/two", "out/two/2"]
    await upload(space, [("../x", b"1")], 422)
    await upload(space, [("x.zip", zipped({"one": b"1"}))])
    assert (await space.post("unpack", {"path": "x.zip"}, 201))["paths"] == ["x/one"]
    await space.post("unpack", {"path": "x.zip"}, 409)
    got = await anna.client.get(f"{space.url}/archive", params={"path": "in", "format": "zip"})
    assert sorted(zipfile.ZipFile(io.BytesIO(got.content)).namelist()) == [
        "site/", "site/css/", "site/css/a.css", "site/index.html",
    ]  # fmt: skip
    assert "in.zip" in got.headers["Content-Disposition"]
    plain = await anna.client.post(f"{space.url}/upload", json={})
    assert plain.status_code == 415
