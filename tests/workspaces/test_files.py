"""Reading and changing a workspace's files."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from entourage.kit.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    QuotaExceeded,
    TimedOut,
    TooLarge,
    UnsupportedMedia,
)
from entourage.workspaces import WorkspaceFiles
from tests.workspaces.conftest import MAX_FILE_BYTES, QUOTA_BYTES


async def test_what_was_written_is_read(files: WorkspaceFiles, root: Path):
    entry = await files.write("src/app/main.py", "one\ntwo\nthree")
    assert (entry.path, entry.kind, entry.size) == ("src/app/main.py", "file", 13)
    read = await files.read("src/app/main.py")
    assert (read.text, read.total_lines, read.truncated, read.size) == ("one\ntwo\nthree", 3, False, 13)
    part = await files.read("./src//app/main.py", offset=1, limit=1)
    assert (part.text, part.first_line, part.lines, part.truncated) == ("two\n", 2, 1, True)
    assert (root / "src/app/main.py").stat().st_mode & 0o777 == 0o644


async def test_paths_as_the_sandbox_sees_them(files: WorkspaceFiles):
    await files.write("/work/a.txt", "a")
    assert (await files.read("a.txt")).text == "a"
    assert (await files.stat("/work/a.txt")).path == "a.txt"
    with pytest.raises(Invalid, match="outside the workspace"):
        await files.read("/workbench/a.txt")


async def test_only_line_feeds_end_lines(files: WorkspaceFiles):
    await files.write("odd.txt", "a\u2028b\x0cc\r\nd\n")
    read = await files.read("odd.txt")
    assert (read.total_lines, read.text) == (2, "a\u2028b\x0cc\r\nd\n")


async def test_writing_keeps_the_mode_and_leaves_nothing_else(files: WorkspaceFiles, root: Path):
    await files.write("run.sh", "old")
    (root / "run.sh").chmod(0o755)
    await files.write("run.sh", b"new")
    assert (root / "run.sh").stat().st_mode & 0o777 == 0o755
    assert [entry.path for entry in (await files.list()).entries] == ["run.sh"]


async def test_readers_see_the_old_or_the_new_file_never_a_mix(files: WorkspaceFiles):
    texts = {letter * 40_000 for letter in "ab"}
    await files.write("f", "a" * 40_000)

    async def write() -> None:
        for _ in range(20):
            for text in sorted(texts):
                await files.write("f", text)

    async def read() -> None:
        for _ in range(60):
            assert (await files.read("f")).text in texts

    await asyncio.gather(write(), read(), read())


async def test_binary_files(files: WorkspaceFiles):
    await files.write("image.png", b"\x89PNG\0\0")
    assert await files.read_bytes("image.png") == b"\x89PNG\0\0"
    with pytest.raises(UnsupportedMedia, match=r"'image.png' is not text"):
        await files.read("image.png")
    await files.write("latin.txt", "é".encode("latin-1"))
    assert (await files.read("latin.txt")).text == "\ufffd"


async def test_an_edit_tells_what_it_changed(files: WorkspaceFiles):
    await files.write("a.py", "x = 1\ny = 2\nz = 3")
    edited = await files.edit("a.py", "y = 2", "y = 20")
    assert edited.replacements == 1
    assert edited.diff == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n x = 1\n-y = 2\n+y = 20\n z = 3\n\\ No newline at end of file\n"
    )
    assert (await files.read("a.py")).text == "x = 1\ny = 20\nz = 3"


async def test_an_edit_must_name_one_place(files: WorkspaceFiles):
    await files.write("a.py", "one\ntwo\none\n")
    with pytest.raises(Invalid, match="2 times, at lines 1, 3"):
        await files.edit("a.py", "one", "1")
    with pytest.raises(Invalid, match="does not have the text"):
        await files.edit("a.py", "three", "3")
    with pytest.raises(Invalid, match="empty"):
        await files.edit("a.py", "", "3")
    assert (await files.edit("a.py", "one", "1", replace_all=True)).replacements == 2
    assert (await files.read("a.py")).text == "1\ntwo\n1\n"


async def test_simultaneous_edits_do_not_lose_each_other(files: WorkspaceFiles):
    await files.write("list", "".join(f"<{n}>\n" for n in range(20)))

    async def edit(n: int) -> None:
        for _ in range(200):
            try:
                await files.edit("list", f"<{n}>", f"[{n}]")
            except Conflict:
                continue
            return

    await asyncio.gather(*(edit(n) for n in range(20)))
    assert (await files.read("list")).text == "".join(f"[{n}]\n" for n in range(20))


async def test_listing(files: WorkspaceFiles):
    for path in ("README.md", ".hidden", "src/a.py", "src/deep/b.py", "src/deep/c.txt"):
        await files.write(path, path)

    async def paths(path: str = "", glob: str | None = None, *, recursive: bool = True) -> list[str]:
        return [entry.path for entry in (await files.list(path, glob=glob, recursive=recursive)).entries]

    assert await paths(recursive=False) == [".hidden", "README.md", "src"]
    assert await paths("src") == ["src/a.py", "src/deep", "src/deep/b.py", "src/deep/c.txt"]
    assert await paths(glob="*.py") == ["src/a.py", "src/deep/b.py"]
    assert await paths(glob="src/*.py") == ["src/a.py"]
    assert await paths(glob="src/**/*.py") == ["src/a.py", "src/deep/b.py"]
    assert await paths(glob="**/[bc].*") == ["src/deep/b.py", "src/deep/c.txt"]
    assert await paths("src", glob="deep/*") == ["src/deep/b.py", "src/deep/c.txt"]
    some = await files.list(limit=3)
    assert (len(some.entries), some.truncated) == (3, True)
    with pytest.raises(NotFound):
        await files.list("nowhere")


async def test_a_glob_made_to_be_slow_is_not(files: WorkspaceFiles):
    await files.write("/".join(["a" * 20] * 30) + "/end", "")
    async with asyncio.timeout(2):
        assert (await files.list(glob="**/" * 40 + "*a" * 40 + "/b")).entries == []


@pytest.fixture(params=["ripgrep", "python"])
def searcher(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setenv("PATH", "")
        return
    if not Path("/usr/bin/rg").exists():
        pytest.skip("ripgrep is not installed")


async def test_searching(files: WorkspaceFiles, searcher: None):
    await files.write("a/one.py", "def run():\n    return 1\n")
    await files.write("a/two.txt", "nothing\nRUN it: a.c\nabc")
    await files.write("a/image", b"run\0run")
    await files.write("b.py", "run = 1")

    async def found(pattern: str, **options: object) -> list[tuple[str, int]]:
        result = await files.search(pattern, **options)  # pyright: ignore[reportArgumentType]
        return [(match.path, match.line) for match in result.matches]

    assert await found("run") == [("a/one.py", 1), ("b.py", 1)]
    assert await found("run", ignore_case=True) == [("a/one.py", 1), ("a/two.txt", 2), ("b.py", 1)]
    assert await found("run", path="a") == [("a/one.py", 1)]
    assert await found("run", path="b.py") == [("b.py", 1)]
    assert await found("run", glob="b.*") == [("b.py", 1)]
    assert await found(r"^\s+return \d$") == [("a/one.py", 2)]
    assert await found("a.c") == [("a/two.txt", 2), ("a/two.txt", 3)]
    assert await found("a.c", literal=True) == [("a/two.txt", 2)]
    assert await found("-v") == []
    result = await files.search("run", ignore_case=True, limit=2)
    assert (len(result.matches), result.truncated) == (2, True)
    assert (await files.search("return")).matches[0].text == "    return 1"
    with pytest.raises(Invalid, match="is not a pattern"):
        await files.search("(")
    with pytest.raises(Invalid, match="one line"):
        await files.search("a\nb")


async def test_a_pattern_made_to_hang_is_stopped(
    files: WorkspaceFiles, searcher: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("entourage.workspaces.search.DEADLINE_SECONDS", 0.5)
    await files.write("a", "a" * 40)
    async with asyncio.timeout(5):
        with suppress(TimedOut):
            assert (await files.search("(a+)+b")).matches == []


async def test_deleting_and_renaming(files: WorkspaceFiles):
    await files.write("a/b/c", "c")
    with pytest.raises(Conflict, match="not empty"):
        await files.delete("a")
    assert (await files.rename("a/b/c", "x/y")).path == "x/y"
    assert (await files.read("x/y")).text == "c"
    await files.delete("a/b")
    await files.write("x/z", "z")
    with pytest.raises(Conflict, match="there already"):
        await files.rename("x/y", "x/z")
    await files.rename("x/y", "x/z", overwrite=True)
    assert (await files.read("x/z")).text == "c"
    with pytest.raises(Invalid, match="into itself"):
        await files.rename("x", "x/inside")
    await files.delete("x", recursive=True)
    with pytest.raises(NotFound):
        await files.stat("x")
    with pytest.raises(NotFound):
        await files.rename("nothing", "else")
    assert (await files.make_folder("new/folder")).kind == "folder"
    await files.delete("new/folder")


async def test_the_workspace_itself_stays(files: WorkspaceFiles):
    for path in ("", ".", "/work", "/work/"):
        with pytest.raises(Invalid, match="the workspace itself"):
            await files.delete(path, recursive=True)


async def test_quota_and_sizes(files: WorkspaceFiles):
    await files.write("a", "a" * 40_000)
    await files.write("b", "b" * 40_000)
    with pytest.raises(QuotaExceeded, match="needs 40,000 bytes more and the workspace has 20,000 left"):
        await files.write("c", "c" * 40_000)
    await files.write("a", "A" * 40_000)  # replacing needs no more
    usage = await files.usage()
    assert (usage.bytes, usage.files, usage.quota_bytes) == (80_000, 2, QUOTA_BYTES)
    with pytest.raises(TooLarge):
        await files.write("d", "d" * (MAX_FILE_BYTES + 1))


async def test_writers_together_do_not_pass_the_quota(files: WorkspaceFiles):
    writes = (files.write(f"f{n}", "x" * 30_000) for n in range(8))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert sum(isinstance(result, QuotaExceeded) for result in results) == 5
    assert (await files.usage()).bytes == 90_000


async def test_a_huge_file_made_by_a_program_is_not_read(files: WorkspaceFiles, root: Path):
    with (root / "huge").open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(TooLarge, match="10,737,418,240 bytes"):
        await files.read("huge")
    assert (await files.search("x")).truncated


async def test_what_root_writes_belongs_to_the_owner(root: Path):
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    files = WorkspaceFiles(root, QUOTA_BYTES, MAX_FILE_BYTES, owner=(58_700, 58_700))
    await files.write("new/deep/file", "x")
    owners = {(root / path).stat().st_uid for path in ("new", "new/deep", "new/deep/file")}
    assert owners == {58_700}


async def test_a_folder_is_no_file(files: WorkspaceFiles):
    await files.make_folder("folder")
    for attempt in (files.read("folder"), files.write("folder", "x"), files.edit("folder", "a", "b")):
        with pytest.raises(Invalid):
            await attempt
    await files.write("file", "")
    with pytest.raises((NotFound, Invalid, Forbidden)):
        await files.write("file/inside", "x")
    with pytest.raises(NotFound):
        await files.read("file/inside")
