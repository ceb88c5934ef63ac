"""Git in workspaces: it works, and nothing of a hostile repository runs outside of the sandbox."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from entourage.workspaces.git.parsing import branches_of, commits_of, diff_of, status_of
from tests.fakes.git_server import git, repository
from tests.workspaces.places import Space, workspace
from tests.world import World


def is_there(path: Path) -> bool:
    return path.exists()


def folder_of(world: World, space: Space) -> Path:
    return world.settings.data_dir / "workspaces" / space.person.id / space.id


async def test_from_an_empty_folder_to_a_second_branch(small_world: World):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    assert (await space.get("git/status"))["is_repository"] is False
    assert (await anna.client.get(f"{space.url}/git/log")).status_code == 409
    started = await space.post("git/init")
    assert (started["is_repository"], started["branch"], started["head"]) == (True, "main", None)
    assert await space.get("git/log") == {"commits": [], "has_more": False}
    await space.put("a.txt", "one\n")
    await space.put("dir/café b.txt", "two\n")
    status = await space.get("git/status")
    assert [(one["path"], one["work_tree"]) for one in status["files"]] == [("a.txt", "?"), ("dir/café b.txt", "?")]
    staged = await space.post("git/stage", {"paths": ["a.txt"]})
    assert {one["path"]: one["index"] for one in staged["files"]} == {"a.txt": "A", "dir/café b.txt": "."}
    assert (await space.get("git/diff", staged=True))["files"][0]["kind"] == "added"
    assert {one["index"] for one in (await space.post("git/unstage", {"paths": []}))["files"]} == {"."}
    await space.post("git/stage", {"paths": []})
    made = await space.post("git/commit", {"message": "First\n\nWhy not"}, 201)
    assert made["subject"] == "First"
    await space.post("git/commit", {"message": "again"}, 409)
    (commit,) = (await space.get("git/log"))["commits"]
    assert (commit["id"], commit["author"], commit["email"], commit["body"]) == (
        made["id"], "Anna", anna.email, "Why not",
    )  # fmt: skip
    await space.put("a.txt", "uno\n")
    assert [one["git"] for one in (await space.get("tree"))["entries"]] == ["M", None]
    (diff,) = (await space.get("git/diff"))["files"]
    assert (diff["path"], diff["added"], diff["removed"], diff["hunks"][0]["lines"]) == (
        "a.txt", 1, 1, ["-one", "+uno"],
    )  # fmt: skip
    await space.post("git/discard", {"paths": ["a.txt"]})
    assert await space.text("a.txt") == "one\n"
    assert (await space.post("git/checkout", {"branch": "next", "create": True}))["branch"] == "next"
    await space.put("a.txt", "three\n")
    await space.post("git/commit", {"message": "Second", "paths": ["a.txt"]}, 201)
    found = await space.get("git/branches")
    assert (found["current"], [one["name"] for one in found["branches"]]) == ("next", ["main", "next"])
    await space.post("git/checkout", {"branch": "main"})
    assert await space.text("a.txt") == "one\n"
    refused = await space.post("git/checkout", {"branch": "nothing"}, 409)
    assert "nothing" in refused["detail"]
    await space.post("git/checkout", {"branch": "--orphan"}, 422)
    assert (await space.get("git/log", path="a.txt", limit=1))["commits"][0]["subject"] == "First"


EVIL = """#!/bin/sh
echo $(id) > /work/ran-in-the-sandbox
for place in {canary} /tmp/entourage-canary-{id}; do echo evil > $place; done
curl -s http://127.0.0.1:{port}/evil
"""


async def test_nothing_of_a_hostile_repository_runs_on_the_host(small_world: World, tmp_path: Path):
    anna = await small_world.person("anna")
    space = await workspace(anna)
    folder = folder_of(small_world, space)
    canary, beside = tmp_path / "canary", Path(f"/tmp/entourage-canary-{space.id}")
    canary.write_text("singing")
    canary.chmod(0o666)
    made = repository(tmp_path / "evil", {"a.txt": "a\n", ".gitattributes": "* diff=evil filter=evil\n"})
    script = EVIL.format(canary=canary, id=space.id, port=9)
    for hook in ("pre-commit", "post-commit", "post-checkout", "post-index-change", "reference-transaction"):
        (made / ".git/hooks" / hook).parent.mkdir(exist_ok=True)
        (made / ".git/hooks" / hook).write_text(script)
        (made / ".git/hooks" / hook).chmod(0o755)
    (made / "evil.sh").write_text(script)
    (made / "evil.sh").chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "diff.external", "diff.evil.command",
                 "diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge", "gpg.program", "core.askPass",
                 "uploadpack.packObjectsHook", "credential.helper", "alias.status", "sequence.editor"):  # fmt: skip
        git(made, "config", name, "/work/evil.sh" if name != "alias.status" else "!/work/evil.sh")
    git(made, "config", "core.hooksPath", "/work/.git/hooks")
    git(made, "config", "commit.gpgSign", "true")
    git(made, "config", "include.path", "/etc/passwd")
    for path in sorted(made.rglob("*")):
        target = folder / path.relative_to(made)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(path.read_bytes())
            target.chmod(path.stat().st_mode)
    await space.put("a.txt", "changed\n")
    for door in ("git/status", "git/diff", "git/log", "git/branches", "tree"):
        await anna.client.get(f"{space.url}/{door}")
    for door, body in (
        ("git/stage", {"paths": []}),
        ("git/commit", {"message": "x"}),
        ("git/checkout", {"branch": "y", "create": True}),
        ("git/discard", {"paths": []}),
    ):
        await anna.client.post(f"{space.url}/{door}", json=body)
    assert canary.read_text() == "singing"
    assert not is_there(beside)


@given(st.binary(max_size=400))
def test_whatever_git_prints_is_read_without_falling(output: bytes):
    assert len(status_of(output).files) <= len(output)
    assert len(commits_of(b"\x1e" + output)) <= len(output) + 1
    assert len(branches_of(b"refs/heads/" + output)) <= len(output) + 1
    assert diff_of(b"diff --git a/x b/x\n@@ -1,2 +1,2 @@\n" + output)


def test_a_status_with_everything_in_it():
    zeros = "0" * 40
    output = "\0".join(
        [
            "# branch.oid " + zeros, "# branch.head next", "# branch.upstream origin/next", "# branch.ab +2 -1",
            f"1 .M N... 100644 100644 100644 {zeros} {zeros} a b.txt",
            f"2 R. N... 100644 100644 100644 {zeros} {zeros} R100 new name", "old name",
            f"u UU N... 100644 100644 100644 100644 {zeros} {zeros} {zeros} both.txt", "? new.txt", "",
        ]
    )  # fmt: skip
    status = status_of(output.encode())
    assert (status.branch, status.upstream, status.ahead, status.behind) == ("next", "origin/next", 2, 1)
    assert [(one.path, one.index, one.work_tree, one.was) for one in status.files] == [
        ("a b.txt", ".", "M", None), ("new name", "R", ".", "old name"), ("both.txt", "U", "U", None),
        ("new.txt", ".", "?", None),
    ]  # fmt: skip
