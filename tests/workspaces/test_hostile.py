"""The folder belongs to hostile code; the server's hand in it must not be led astray."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from entourage.kit.errors import Forbidden, Invalid, NotFound, Problem
from entourage.sandboxes import BubblewrapSandbox, Limits
from entourage.workspaces import WorkspaceFiles, beneath
from tests.workspaces.conftest import MAX_FILE_BYTES, QUOTA_BYTES

BAD_PATHS = [
    "..",
    "../secret.txt",
    "a/../../secret.txt",
    "a/..",
    "/etc/passwd",
    "/work/../secret.txt",
    "/work/../../etc/passwd",
    "//etc/passwd",
    "nul\0byte",
    "line\nfeed",
    "escape\x1b[31m",
    "right\u202eto-left",
    "lone\ud800surrogate",
    "n" * 256,
    "é" * 128,
    "/".join(["deep"] * 900),
]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda path: ascii(path)[:30])
async def test_paths_that_are_none(files: WorkspaceFiles, root: Path, path: str):
    await files.make_folder("a")
    attempts = (
        files.read(path), files.write(path, "x"), files.edit(path, "a", "b"), files.list(path), files.stat(path),
        files.delete(path), files.rename(path, "b"), files.rename("a", path), files.make_folder(path),
        files.search("x", path=path),
    )  # fmt: skip
    for attempt in attempts:
        with pytest.raises(Invalid):
            await attempt
    assert names_in(root) == ["a"]
    assert (root.parent / "secret.txt").read_text() == "secret"


@pytest.mark.parametrize(
    "name", ["\uff0e\uff0e\uff0fsecret.txt", "..\\secret.txt", "%2e%2e%2fsecret.txt", "…", "a\u0301", "\u00e1"]
)
async def test_names_that_only_look_like_something_else_stay_what_they_are(
    files: WorkspaceFiles, root: Path, name: str
):
    await files.write(name, "mine")
    assert names_in(root) == [name]
    assert (await files.read(name)).text == "mine"


async def test_unicode_twins_are_two_files(files: WorkspaceFiles):
    await files.write("caf\u00e9", "composed")
    await files.write("cafe\u0301", "decomposed")
    assert (await files.read("caf\u00e9")).text == "composed"
    assert (await files.usage()).files == 2


@pytest.fixture(params=["openat2", "steps"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel with openat2, and one without."""
    if request.param == "steps":
        monkeypatch.setattr(beneath, "OPENAT2", 100_000)  # ENOSYS


PLANTED = """
ln -s ../secret.txt link
ln -s {outside}/secret.txt absolute
ln -s ../victim folder
ln -s /proc/self/root magic
ln -s loop loop
mkdir inside; echo plain > inside/plain; ln -s inside shortcut
mkfifo pipe
echo planted
"""


@pytest.fixture
async def planted(root: Path) -> None:
    """Made by a program in the sandbox."""
    root.parent.chmod(0o711)
    result = await BubblewrapSandbox(use_cgroups=False).run_code(
        "bash", PLANTED.format(outside=root.parent), root, Limits(wall_seconds=20)
    )
    assert result.stdout == "planted\n", result


async def test_no_planted_link_is_followed(files: WorkspaceFiles, root: Path, planted: None, kernel: None):
    for path in ("link", "absolute", "loop", "folder/x", "magic/etc/passwd", "shortcut/plain"):
        for attempt in (files.read(path), files.edit(path, "secret", "x")):
            with pytest.raises((Forbidden, NotFound)):
                await attempt
    for path in ("folder/x", "magic/tmp/x", "shortcut/new"):
        for attempt in (files.write(path, "x"), files.rename("inside/plain", path), files.make_folder(path + "/y")):
            with pytest.raises((Forbidden, NotFound)):
                await attempt
    for path in ("folder", "magic", "loop"):
        with pytest.raises((Forbidden, NotFound)):
            await files.list(path)
    assert list((root.parent / "victim").iterdir()) == []
    assert (root.parent / "secret.txt").read_text() == "secret"


async def test_links_are_listed_as_links_and_can_be_deleted(files: WorkspaceFiles, root: Path, planted: None):
    kinds = {entry.path: entry.kind for entry in (await files.list()).entries}
    assert kinds["link"] == kinds["folder"] == kinds["magic"] == "link"
    assert kinds["pipe"] == "other"
    assert "folder/x" not in kinds
    assert (await files.stat("link")).kind == "link"
    await files.delete("folder", recursive=True)
    await files.delete("link")
    assert (root.parent / "victim").is_dir()
    assert (root.parent / "secret.txt").exists()


async def test_writing_onto_a_link_is_refused(files: WorkspaceFiles, root: Path, planted: None):
    with pytest.raises(Invalid, match="not a regular file"):
        await files.write("link", "overwritten")
    assert (root.parent / "secret.txt").read_text() == "secret"


async def test_a_pipe_does_not_block(files: WorkspaceFiles, planted: None, kernel: None):
    began = time.monotonic()
    for attempt in (files.read("pipe"), files.write("pipe", "x"), files.search("x", path="pipe")):
        with pytest.raises(Invalid, match="not a regular file"):
            await attempt
    assert (await files.search("plain")).matches[0].path == "inside/plain"
    assert time.monotonic() - began < 1


async def test_sockets_and_devices(files: WorkspaceFiles, root: Path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
        with pytest.raises(Invalid):
            await files.read("socket")
    if os.geteuid() == 0:
        with suppress(PermissionError):
            os.mknod(root / "zero", 0o20666, os.makedev(1, 5))
            with pytest.raises(Invalid, match="not a regular file"):
                await files.read("zero")


async def test_names_that_are_no_text_are_left_out(files: WorkspaceFiles, root: Path):
    (root / os.fsdecode(b"bad\xff")).write_text("x")
    await files.write("good", "x")
    assert [entry.path for entry in (await files.list()).entries] == ["good"]


async def test_a_tree_without_end_does_not_take_the_server_with_it(files: WorkspaceFiles, root: Path):
    fd = os.open(root, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=fd)
        deeper = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = deeper
    os.close(fd)
    assert len((await files.list()).entries) == 100
    await files.write("beside", "x")
    assert (await files.search("x")).matches[0].path == "beside"
    await files.delete("d", recursive=True)
    assert names_in(root) == ["beside"]


@contextmanager
def swapping(root: Path, inside: str, outside: Path) -> Generator[None, None, None]:
    """Something that is a folder one moment and a link out of the workspace the next."""
    over = threading.Event()
    (root / inside).mkdir()
    (root / inside / "file").write_text("mine")

    def swap() -> None:
        while not over.is_set():
            with suppress(OSError):
                (root / inside).rename(root / "aside")
                (root / inside).symlink_to(outside)
                (root / inside).unlink()
                (root / "aside").rename(root / inside)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


async def test_a_folder_swapped_for_a_link_at_any_moment(files: WorkspaceFiles, root: Path, kernel: None):
    victim = root.parent / "victim"
    (victim / "file").write_text("secret")
    with swapping(root, "folder", victim):
        for _ in range(150):
            with suppress(Problem):
                assert (await files.read("folder/file")).text in {"mine", "new"}
            with suppress(Problem):
                await files.write("folder/file", "new")
            with suppress(Problem):
                await files.write("folder/other", "new")
            with suppress(Problem):
                assert all("secret" not in match.text for match in (await files.search("e")).matches)
            with suppress(Problem):
                await files.delete("folder/other")
    assert (victim / "file").read_text() == "secret"
    assert names_in(victim) == ["file"]


async def test_the_sandbox_and_the_server_share_the_files(root: Path):
    root.parent.chmod(0o711)
    sandbox = BubblewrapSandbox(use_cgroups=False)
    files = WorkspaceFiles(root, QUOTA_BYTES, MAX_FILE_BYTES, owner=sandbox.owner)
    await files.write("src/a.txt", "from the server\n")
    result = await sandbox.run_code("bash", "echo more >> src/a.txt; mkdir own; echo x > own/b", root, Limits())
    assert result.exit_code == 0, result.stderr
    assert (await files.read("src/a.txt")).text == "from the server\nmore\n"
    await files.edit("own/b", "x", "y")
    again = await sandbox.run_code("bash", "cat own/b; echo z > own/b; echo z > src/new", root, Limits())
    assert (again.stdout, again.exit_code) == ("y\n", 0)


async def test_blocking_work_leaves_the_event_loop_free(files: WorkspaceFiles):
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await files.write("a", "x" * 40_000)
    ticking.cancel()
    assert ticks > 0
