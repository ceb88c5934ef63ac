"""analyze_ast: the outline of source code."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.tools.syntax.languages import GRAMMARS
from entourage.tools.syntax.outline import outline
from tests.tools.services.test_tools import call
from tests.world import World

PYTHON = """
import os, sys
from a.b import c as d

class Shop:
    @property
    def open(self):
        return d(os.getcwd())

    async def sell(self, what):
        def inner(): print(what); print()
        return inner()

def main(): Shop().sell(1)
"""


async def test_an_agent_sees_definitions_imports_and_calls_with_their_lines(small_world: World):
    anna = await small_world.person("anna")
    await call(anna, "write_file", path="shop.py", content=PYTHON)
    got = await call(anna, "analyze_ast", path="shop.py")
    found = got["structured"]
    named = [(one["kind"], one["name"], one["depth"], one["lines"]) for one in found["definitions"]]
    assert named == [
        ("class", "Shop", 0, [5, 12]),
        ("method", "open", 1, [7, 8]),
        ("method", "sell", 1, [10, 12]),
        ("function", "inner", 2, [11, 11]),
        ("function", "main", 0, [14, 14]),
    ]
    assert [one["line"] for one in found["imports"]] == [2, 3]
    assert found["calls"]["print"] == 2
    assert found["errors"] == []
    assert "method sell (10-12)" in got["text"]
    await call(anna, "write_file", path="shop.py", content="def broken(:\n  pass\n")
    broken = await call(anna, "analyze_ast", path="shop.py")
    assert broken["structured"]["errors"][0]["line"] == 1


async def test_what_is_no_known_language_is_said(small_world: World):
    anna = await small_world.person("anna")
    assert "python" in (await call(anna, "analyze_ast", code="x", language="cobol"))["error"]
    assert "language" in (await call(anna, "analyze_ast", code="x"))["error"]
    assert "either" in (await call(anna, "analyze_ast"))["error"]
    assert (await call(anna, "analyze_ast", path="../../etc/passwd", language="bash"))["status"] == "failed"


@pytest.mark.parametrize(
    ("language", "source", "names", "imports", "calls"),
    [
        ("javascript", "import a from 'b'; const f = (x) => y(x); class A { m() {} }", ["f", "A", "m"], 1, {"y"}),
        (
            "typescript",
            "interface I {} type T = 1; enum E { X } abstract class D { a(): void {} }",
            list("ITEDa"),
            0,
            set(),
        ),
        ("tsx", "export function App() { return <p>{useX()}</p>; }", ["App"], 0, {"useX"}),
        (
            "go",
            'package m\nimport "fmt"\nfunc (a *T) F() { fmt.Println() }\ntype T struct{}',
            ["F", "T"],
            1,
            {"fmt.Println"},
        ),
        ("rust", "use a::b; struct S; impl S { fn m() { g(); h!(); } }", ["S", "S", "m"], 1, {"g", "h"}),
        ("bash", "f() { ls -la; }\nf", ["f"], 0, {"ls", "f"}),
    ],
)
def test_each_language(language: str, source: str, names: list[str], imports: int, calls: set[str]):
    found = outline(source.encode(), language)
    assert [one.name for one in found.definitions] == names
    assert (len(found.imports), set(found.calls), found.errors) == (imports, calls, [])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.sampled_from(sorted(GRAMMARS)))
def test_no_bytes_make_it_fall(source: bytes, language: str):
    found = outline(source, language)
    assert json.loads(json.dumps(found.structured())) == found.structured()


def test_deep_nesting_is_no_danger():
    found = outline(b"(" * 8_000 + b")" * 8_000, "python")
    assert found.definitions == []
