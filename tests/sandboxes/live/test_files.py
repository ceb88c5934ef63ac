"""Files of a live sandbox, as its user sees them, and never another way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from entourage.kit.errors import Conflict, Forbidden, Invalid, NotFound, QuotaExceeded
from entourage.sandboxes.live.base import FileChange, Live
from tests.sandboxes.conftest import Host
from tests.sandboxes.live.conftest import Make, content

MIB = 1024 * 1024


async def test_written_read_listed_moved_and_removed(live: Live, host: Host):
    written = await live.files.write("a/b/file.txt", b"hello")
    assert (written.path, written.size, written.kind, written.owner) == (
        "/home/user/a/b/file.txt",
        5,
        "file",
        "sandbox",
    )
    assert await content(live, "/work/a/b/file.txt") == b"hello"
    assert (host.work / "a/b/file.txt").read_bytes() == b"hello"
    assert [each.path for each in await live.files.list("a", depth=2)] == ["/home/user/a/b", "/home/user/a/b/file.txt"]
    assert (await live.files.move("a/b/file.txt", "/tmp/moved")).size == 5
    assert await content(live, "/tmp/moved") == b"hello"
    assert await live.files.mkdir("new/folder") is True
    assert await live.files.mkdir("new/folder") is False
    await live.files.remove("a")
    await live.files.remove("/tmp/moved")
    assert not await live.files.exists("a")
    assert [each.name for each in await live.files.list("/work")] == ["new"]


async def test_many_megabytes_go_through_in_pieces(live: Live):
    async def chunks() -> AsyncIterator[bytes]:
        for number in range(40):
            yield bytes([number]) * MIB

    assert (await live.files.write("big", chunks())).size == 40 * MIB
    total = 0
    async for chunk in live.files.read("big"):
        total += len(chunk)
    assert total == 40 * MIB


async def test_what_breaks_off_leaves_the_old_file(live: Live, host: Host):
    await live.files.write("f", b"old")

    async def broken() -> AsyncIterator[bytes]:
        yield b"new " * 100_000
        raise ValueError("the client has gone")

    with pytest.raises(ValueError, match="gone"):
        await live.files.write("f", broken())
    assert await content(live, "f") == b"old"


async def test_modes_stay_unless_given(live: Live):
    await live.files.write("run.sh", b"#!/bin/sh\necho ran\n", mode=0o755)
    assert (await live.exec(["./run.sh"])).stdout == "ran\n"
    await live.files.write("run.sh", b"#!/bin/sh\necho again\n")
    assert (await live.exec(["./run.sh"])).stdout == "again\n"
    assert (await live.files.write("s", b"", mode=0o4777)).mode == 0o777


async def test_what_is_not_there_or_not_allowed_is_told(live: Live):
    with pytest.raises(NotFound):
        await live.files.stat("nothing")
    with pytest.raises(NotFound):
        await content(live, "nothing")
    with pytest.raises(NotFound):
        await live.files.list("nothing")
    with pytest.raises(NotFound):
        await live.files.remove("nothing")
    with pytest.raises(NotFound):
        await live.files.move("nothing", "else")
    with pytest.raises(Invalid):
        await content(live, "/work")
    with pytest.raises(Invalid):
        await live.files.write("/work", b"")
    for path in ("/usr/bin/mine", "/mine", "/etc/mine"):
        with pytest.raises(Forbidden):
            await live.files.write(path, b"")
    with pytest.raises(Forbidden):
        await live.files.remove("/work")
    await live.files.write("file", b"")
    with pytest.raises(Conflict):
        await live.files.mkdir("file")
    for path in ("", "a\0b", "x" * 4097):
        with pytest.raises(Invalid):
            await live.files.stat(path)
    with pytest.raises(Invalid):
        await live.files.stat("y" * 300)


async def test_links_are_followed_inside_only(live: Live, host: Host):
    (host.folder / "secret").write_text("secret")
    await live.exec(
        ["bash", "-c", f"ln -s {host.folder}/secret out; ln -s {host.folder} folder; echo in > f; ln -s f in"]
    )
    with pytest.raises(NotFound):
        await content(live, "out")
    await live.files.write("folder/planted", b"x")  # makes the folder inside, where the link leads to nothing
    assert not (host.folder / "planted").exists()
    assert await content(live, "in") == b"in\n"
    link = await live.files.stat("out")
    assert (link.kind, link.target) == ("link", f"{host.folder}/secret")


async def test_fifos_and_devices_do_not_hang_us(live: Live):
    await live.exec(["mkfifo", "trap"])
    for path in ("trap", "/dev/zero", "/dev/full"):
        with pytest.raises(Invalid):
            await asyncio.wait_for(content(live, path), 5)
        with pytest.raises((Invalid, Forbidden)):
            await asyncio.wait_for(live.files.write(path, b"x"), 5)


async def test_a_file_in_memory_that_is_full(live: Live):
    with pytest.raises(QuotaExceeded):
        await live.files.write("/tmp/big", b"x" * (80 * MIB))
    assert not [each.name for each in await live.files.list("/tmp")]


async def test_names_of_every_kind(live: Live):
    for name in ("жук 🐞", "a\nb", "-rf", "..x", " ", "é" * 100, "*", "a\\b", "\udcff"):
        await live.files.write(f"/work/{name}", b"1")
        assert await content(live, f"/work/{name}") == b"1"
        assert name in {each.name for each in await live.files.list("/work")}
        await live.files.remove(f"/work/{name}")
    assert await live.files.list("/work") == []


async def test_deep_trees_are_removed(live: Live):
    code = "import os\nfor _ in range(90): os.mkdir('d'); os.chdir('d')"
    await live.exec(["python3", "-c", code])
    await live.files.remove("d")
    assert await live.files.list("/work") == []


async def test_changes_are_told(live: Live):
    await live.files.mkdir("seen")
    watch = await live.files.watch("seen")
    await live.files.write("seen/new", b"1")
    assert await _next(watch, 2) == [FileChange("created", "new"), FileChange("written", "new")]
    await live.files.write("seen/new", b"22")
    await live.exec(["bash", "-c", "cd seen; echo more >> new; mv new other; rm other; mkdir sub; echo > sub/deep"])
    told = await _next(watch, 6)
    assert told == [
        FileChange("written", "new"),
        FileChange("written", "new"),
        FileChange("renamed", "new"),
        FileChange("created", "other"),
        FileChange("removed", "other"),
        FileChange("created", "sub"),
    ]
    await watch.aclose()


async def test_changes_below_are_told_when_asked(live: Live):
    await live.files.mkdir("seen/sub")
    watch = await live.files.watch("seen", recursive=True)
    await live.files.write("seen/sub/new", b"1")
    assert await _next(watch, 2) == [FileChange("created", "sub/new"), FileChange("written", "sub/new")]
    await live.files.mkdir("seen/later")
    assert await _next(watch, 1) == [FileChange("created", "later")]
    await watch.aclose()
    with pytest.raises(NotFound):
        await live.files.watch("nowhere")


async def _next(watch: object, count: int) -> list[FileChange]:
    async with asyncio.timeout(5):
        return [await anext(watch) for _ in range(count)]  # type: ignore[call-overload]


async def test_a_folder_one_may_only_read(make: Make, host: Host):
    (host.work / "f").write_text("read me")
    live = await make(writable=False)
    assert await content(live, "/work/f") == b"read me"
    with pytest.raises(Forbidden):
        await live.files.write("f", b"x")
    assert (await live.exec(["bash", "-c", "echo x > /home/user/f"])).exit_code == 1


async def test_a_root_one_may_write_to_is_bounded(make: Make):
    live = await make(writable_root=True)
    await live.files.write("/a", b"x")
    assert await content(live, "/a") == b"x"
    with pytest.raises(QuotaExceeded):
        await live.files.write("/big", b"x" * (80 * MIB))
    for path in ("/usr/x", "/dev/x", "/proc/x", "/run/proxy.sock"):
        with pytest.raises((Forbidden, NotFound, Invalid)):
            await live.files.write(path, b"x")


async def test_without_a_folder_it_gets_one_of_its_own(make: Make):
    live = await make(work_folder=None)
    await live.files.write("f", b"x")
    assert live.work_folder is not None
    assert (live.work_folder / "f").read_bytes() == b"x"
    await live.kill()
    assert not live.work_folder.exists()
