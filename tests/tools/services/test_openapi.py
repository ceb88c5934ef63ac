"""OpenAPI documents of every kind: what is read of good ones, and that bad ones are refused in bounded time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.kit.errors import Problem
from entourage.tools.schema import json_schema_validator
from entourage.tools.services.openapi.document import Document
from entourage.tools.services.openapi.operations import Operation, read_operations


def document(paths: Any, version: str = "3.1.0", **more: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths, **more}


def operations(found: dict[str, Any]) -> dict[str, Operation]:
    return {one.id: one for one in read_operations(Document(found)).operations}


def body(schema: Any) -> dict[str, Any]:
    return {"post": {"operationId": "op", "requestBody": {"content": {"application/json": {"schema": schema}}}}}


def test_names_are_made_usable_and_unique():
    found = document(
        {
            "/a": {"get": {}, "post": {"operationId": "do it/now"}},
            "/b": {"get": {"operationId": "do.it.now"}, "put": {"operationId": "do_it_now"}},
        }
    )
    assert list(operations(found)) == ["get_a", "do_it_now", "do_it_now_2", "do_it_now_3"]


def test_a_schema_that_refers_to_itself_is_still_one_that_can_be_checked():
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}
    found = document({"/a": body({"$ref": "#/components/schemas/Tree"})}, components={"schemas": {"Tree": tree}})
    validate = json_schema_validator(operations(found)["op"].shape)
    assert validate({"body": {"kids": [{"kids": []}]}})
    with pytest.raises(ValueError, match="kids"):
        validate({"body": {"kids": [{"kids": 1}]}})


def test_what_is_too_large_for_a_model_becomes_loose():
    wide = {"type": "object", "properties": {f"p{number}": {"enum": ["x" * 50]} for number in range(2_000)}}
    shape = operations(document({"/a": body(wide)}))["op"].shape
    assert shape["properties"]["body"] == {"type": "object"}


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"openapi": "3.0.0"} | {"openapi": 3},
        {"swagger": "2.0"},
        {"openapi": "4.0.0", "paths": {}},
        document({f"/p{number}": {"get": {}} for number in range(501)}),
    ],
)
def test_what_is_no_document_is_refused(bad: dict[str, Any]):
    with pytest.raises(Problem):
        read_operations(Document(bad))


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"get": {"parameters": [{"$ref": "http://evil/x"}]}}, "outside"),
        ({"get": {"parameters": [{"$ref": "file:///etc/passwd"}]}}, "outside"),
        ({"get": {"parameters": [{"$ref": "#/components/parameters/A"}]}}, "circle"),
        ({"get": {"parameters": [{"$ref": "#/nowhere"}]}}, "nowhere"),
        ({"get": {"parameters": [{"name": "a\r\nX: y", "in": "header"}]}}, "name"),
        ({"get": {"parameters": [{"name": "a", "in": "body"}]}}, "place"),
        ({"get": {"parameters": [{"name": f"a{n}", "in": "query"} for n in range(101)]}}, "parameters"),
        (body({"$ref": "#/components/schemas/Missing"}), "nowhere"),
    ],
)
def test_an_operation_that_cannot_be_trusted_is_left_out(item: Any, why: str):
    loop = {"A": {"$ref": "#/components/parameters/B"}, "B": {"$ref": "#/components/parameters/A"}}
    found = read_operations(Document(document({"/a": item, "/b": {"get": {}}}, components={"parameters": loop})))
    assert [one.id for one in found.operations] == ["get_b"]
    assert why in found.skipped[0]


@pytest.mark.parametrize("path", ["/a/../b", "/a?x=1", "/a#b", "/{id}", "/a b", "/a\\b", "//evil.example/x/.."])
def test_a_path_that_could_lead_elsewhere_is_left_out(path: str):
    assert not read_operations(Document(document({path: {"get": {}}}))).operations


def test_a_deep_or_endless_text_is_refused_quickly():
    deep = '{"openapi": "3.1.0", "paths": {"/a": ' + '{"x":' * 5_000 + "1" + "}" * 5_002
    bomb = b"a: &a [x,x]\nb: &b [*a,*a]\nopenapi: 3.1.0\npaths: *b\n"
    for text in (deep.encode(), bomb, b"\xff\xfe", b"x" * 5_000_000, b"- " * 20_000, b"[]", b"null", b""):
        with pytest.raises(Problem):
            Document.of_text(text)


def test_yaml_is_read_as_well():
    found = Document.of_text(
        b"openapi: 3.0.1\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {operationId: x}\n"
    )
    assert [one.id for one in read_operations(found).operations] == ["x"]


def test_a_schema_that_grows_without_end_is_left_out():
    schemas = {
        f"S{number}": {"allOf": [{"properties": {f"p{n}": {"type": "string"} for n in range(60)}}] * 5}
        for number in range(60)
    }
    everything = {"anyOf": [{"$ref": f"#/components/schemas/S{number}"} for number in range(60)]}
    found = read_operations(Document(document({"/a": body(everything)}, components={"schemas": schemas})))
    assert "too large" in found.skipped[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["get", "parameters", "schema", "$ref", "requestBody", "content", "name", "in", "type", "items"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(JSON, JSON)
def test_no_document_whatsoever_makes_it_fall(paths: Any, components: Any):
    found = document(paths if isinstance(paths, dict) else {"/a": paths}, components=components)
    try:
        for operation in read_operations(Document(found)).operations:
            assert json.loads(json.dumps(operation.shape)) == operation.shape
    except Problem:
        pass
