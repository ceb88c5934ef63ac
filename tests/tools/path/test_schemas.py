"""Schemas and names of other people's tools: whatever they are, nothing breaks and nobody is confused."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entourage.tools.grants.globs import among, any_of
from entourage.tools.schema import Misfit, hints_of, json_schema_validator, json_tool
from entourage.tools.tool import ToolCall, ToolResult, wire_name

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
WORDS = st.text(max_size=8) | st.sampled_from(["type", "$ref", "pattern", "properties", "allOf"])
SCHEMAS = st.dictionaries(WORDS, ANY_JSON, max_size=4)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=90) | st.from_regex(r"[a-z_.]{1,80}", fullmatch=True)


async def nothing(_call: ToolCall, _args: Any) -> ToolResult:
    return ToolResult()


@given(NAMES)
def test_a_wire_name_is_one_that_every_provider_takes(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", wire_name(name))


@given(NAMES, NAMES)
def test_two_tools_have_two_wire_names(one: str, other: str) -> None:
    assert (wire_name(one) == wire_name(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"), [("a.b__c", "a__b.c"), ("a_.b", "a._b"), ("a.b c", "a.b_c"), ("x" * 70, "x" * 71), ("a.ü", "a.ö")]
)
def test_names_that_look_alike_are_told_apart(one: str, other: str) -> None:
    assert wire_name(one) != wire_name(other)


def test_plain_names_stay_readable() -> None:
    assert wire_name("read_file") == "read_file"
    assert wire_name("github.get_issue") == "github__get_issue"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEMAS, ANY_JSON)
def test_no_schema_breaks_the_check(schema: dict[str, Any], value: Any) -> None:
    validate = json_schema_validator(schema)
    args = {"value": value}
    with suppress(Misfit):
        assert validate(args) is args


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "file:///etc/passwd"},
        {"$ref": "http://127.0.0.1:9/schema"},
        {"$schema": "http://127.0.0.1:9/schema", "type": "object"},
        {"type": "nonsense"},
        {"$ref": "#/nowhere"},
    ],
)
def test_a_broken_schema_fetches_nothing_and_lets_the_server_decide(schema: dict[str, Any]) -> None:
    assert json_schema_validator(schema)({"a": 1}) == {"a": 1}


def test_patterns_end_in_time() -> None:
    validate = json_schema_validator({"properties": {"a": {"pattern": "(?=a)(a|aa)+$"}}})
    with pytest.raises(Misfit):
        validate({"a": "a" * 5_000 + "!"})


def test_it_is_said_where_and_why() -> None:
    schema = {
        "type": "object",
        "properties": {"to": {"type": "array", "items": {"type": "string"}}},
        "required": ["to"],
    }
    validate = json_schema_validator(schema)
    with pytest.raises(Misfit, match=r'to\.1: 5 is not of type "string"'):
        validate({"to": ["a", 5]})
    with pytest.raises(Misfit, match='"to" is a required property'):
        validate({})


def test_what_a_server_does_not_say_is_the_worst() -> None:
    tool = json_tool("a.b", "", {}, nothing, **hints_of(None))
    assert (tool.destructive, tool.open_world, tool.read_only, tool.default_grant) == (True, True, False, "ask")
    tool = json_tool("a.b", "", {}, nothing, **hints_of({"readOnlyHint": True, "destructiveHint": True}))
    assert (tool.destructive, tool.read_only, tool.repeatable, tool.default_grant) == (False, True, True, "allow")
    assert hints_of({"readOnlyHint": "yes"})["read_only"] is False


def test_a_changed_definition_has_another_fingerprint() -> None:
    def made(**fields: Any) -> str:
        return json_tool(**{"name": "a.b", "description": "d", "parameters": {}, "run": nothing, **fields}).fingerprint

    assert made() == made()
    assert len({made(), made(description="e"), made(parameters={"a": 1}), made(title="t"), made(destructive=True)}) == 5


def test_the_closest_pattern_decides() -> None:
    grants = {"*": 1, "github.*": 2, "github.get_*": 3, "github.get_issue": 4}
    assert [among(grants, f"{name}") for name in ("x", "github.x", "github.get_x", "github.get_issue")] == [1, 2, 3, 4]
    assert among({}, "x") is None
    assert among({"a.b": 1}, "x") is None
    assert any_of(["a.*"], "a.b")
    assert not any_of(["a.*"], "ab")
