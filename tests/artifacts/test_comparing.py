"""Differences of any two versions: lines, structures, or sizes and hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.artifacts.comparing.lines import compare_lines
from entourage.artifacts.comparing.sequences import Block, differences
from entourage.artifacts.comparing.structures import compare_json
from tests.artifacts.making import made, picture, put
from tests.world import Person, World

WORDS = st.lists(st.sampled_from("abcd"), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab/~", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
async def anna(small_world: World) -> Person:
    return await small_world.person("anna")


async def diff(person: Person, artifact: dict[str, Any], old: int, new: int) -> dict[str, Any]:
    return await person.get(f"/my/artifacts/{artifact['id']}/diff", **{"from": old, "to": new})


def applied(old: list[str], new: list[str], blocks: list[Block]) -> list[str]:
    """`old` with every block replaced by what stands in `new`."""
    out: list[str] = []
    at = 0
    for block in blocks:
        out += old[at : block.old_start] + new[block.new_start : block.new_end]
        at = block.old_end
    return out + old[at:]


def longest_common(a: list[str], b: list[str]) -> int:
    row = [0] * (len(b) + 1)
    for one in a:
        before = row[:]
        for place, other in enumerate(b):
            row[place + 1] = before[place] + 1 if one == other else max(before[place + 1], row[place])
    return row[-1]


@given(WORDS, WORDS)
def test_blocks_turn_the_old_into_the_new_by_the_shortest_way(old: list[str], new: list[str]) -> None:
    blocks = differences(old, new)
    assert applied(old, new, blocks) == new
    edits = sum(block.old_end - block.old_start + block.new_end - block.new_start for block in blocks)
    assert edits == len(old) + len(new) - 2 * longest_common(old, new)


@given(WORDS, WORDS, st.integers(0, 3))
def test_what_is_too_far_apart_is_replaced_whole(old: list[str], new: list[str], most: int) -> None:
    assert applied(old, new, differences(old, new, most)) == new


@given(
    st.lists(st.sampled_from(["a\n", "b\n", "c\n"]), max_size=40),
    st.lists(st.sampled_from(["a\n", "b\n"]), max_size=40),
)
def test_hunks_say_where_they_are(old: list[str], new: list[str]) -> None:
    found = compare_lines("".join(old), "".join(new))
    for hunk in found.hunks:
        before = [line[1:] for line in hunk.lines if line[0] in " -"]
        after = [line[1:] for line in hunk.lines if line[0] in " +"]
        assert (len(before), len(after)) == (hunk.old_lines, hunk.new_lines)
        start, end = max(0, hunk.old_start - 1), max(0, hunk.old_start - 1) + hunk.old_lines
        assert [line.rstrip("\n") for line in old[start:end]] == before
        start, end = max(0, hunk.new_start - 1), max(0, hunk.new_start - 1) + hunk.new_lines
        assert [line.rstrip("\n") for line in new[start:end]] == after


@settings(max_examples=200)
@given(JSON, JSON)
def test_structures_differ_exactly_when_there_is_a_change(old: Any, new: Any) -> None:
    changes, more = compare_json(old, new)
    assert not more
    assert (not changes) == (json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True))


async def test_text_has_hunks(anna: Person) -> None:
    lines = [f"line {number}" for number in range(40)]
    artifact = await made(anna, "\n".join(lines))
    lines[5] = "changed"
    del lines[30]
    await put(anna, artifact, "\n".join(lines).encode())
    found = await diff(anna, artifact, 1, 2)
    assert (found["format"], found["added"], found["removed"], found["is_same"]) == ("text", 1, 2, False)
    assert [hunk["header"] for hunk in found["hunks"]] == ["@@ -3,7 +3,7 @@", "@@ -28,7 +28,6 @@"]
    assert "-line 5" in found["hunks"][0]["lines"]
    assert "+changed" in found["hunks"][0]["lines"]
    back = await diff(anna, artifact, 2, 1)
    assert (back["from"]["version"], back["to"]["version"], back["added"]) == (2, 1, 2)
    same = await diff(anna, artifact, 2, 2)
    assert same["is_same"]
    assert same["hunks"] == []


async def test_json_has_changes_at_pointers(anna: Person) -> None:
    artifact = await made(anna, '{"a": 1, "list": [1, 2, 3], "gone": true, "x/y": {"deep": 1}}', type="data")
    await put(anna, artifact, b'{"x/y": {"deep": 2}, "list": [1, 3, 4], "a": 1, "new": null}')
    found = await diff(anna, artifact, 1, 2)
    assert found["format"] == "json"
    changes = {(change["op"], change["path"]) for change in found["changes"]}
    assert {("removed", "/gone"), ("added", "/new"), ("changed", "/x~1y/deep")} <= changes
    assert ("removed", "/list/1") in changes


async def test_what_only_says_that_it_is_json_is_compared_as_text(anna: Person) -> None:
    artifact = await made(anna, "{broken", type="data")
    await put(anna, artifact, b"{broken too")
    assert (await diff(anna, artifact, 1, 2))["format"] == "text"


async def test_other_bytes_have_sizes_and_hashes(anna: Person) -> None:
    one, two = picture(10, 10), picture(20, 20)
    artifact = await made(anna, one, type="image")
    await put(anna, artifact, two)
    found = await diff(anna, artifact, 1, 2)
    assert (found["format"], found["hunks"]) == ("binary", [])
    assert found["from"] == {
        "version": 1,
        "size": len(one),
        "sha256": hashlib.sha256(one).hexdigest(),
        "format": "image/png",
    }
    assert found["to"]["sha256"] == hashlib.sha256(two).hexdigest()


async def test_versions_that_are_not_there_have_no_difference(anna: Person, small_world: World) -> None:
    artifact = await made(anna)
    for old, new in ((1, 2), (9, 1)):
        answer = await anna.client.get(f"/my/artifacts/{artifact['id']}/diff", params={"from": old, "to": new})
        assert answer.status_code == 404
    boris = await small_world.person("boris")
    answer = await boris.client.get(f"/my/artifacts/{artifact['id']}/diff", params={"from": 1, "to": 1})
    assert answer.status_code == 404


def test_texts_with_nothing_in_common_are_bounded() -> None:
    old, new = "".join(f"{n}\n" for n in range(30_000)), "".join(f"{n}x\n" for n in range(30_000))
    found = compare_lines(old, new)
    assert (found.added, found.removed, found.truncated) == (30_000, 30_000, True)
    assert found.hunks == []
