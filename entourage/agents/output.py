"""Structured answers: the schema that an agent's final answer must satisfy, and how an answer is checked against it.

The model gives its answer as a call of `final_answer`, so the answer is a part of the recorded response.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from entourage.kit.errors import Unavailable, Upstream
from entourage.kit.json import encode
from entourage.llm.translate.neutral import Tool

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

ANSWER_TOOL = "final_answer"
TRIES = 4
"""How often a model may give its answer."""

MAX_SCHEMA_BYTES = 32_768
MAX_SCHEMA_DEPTH = 24
MAX_SCHEMA_NODES = 2_000
"""Counted with each reference followed: what a provider is sent has none."""

_MAX_ERRORS = 5
_FOREIGN = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef")


class AnswerMisfit(Upstream):
    slug, title = "answer-misfit", "The answer does not fit the agent's schema"


def check_schema(schema: Mapping[str, Any]) -> None:
    """Whether models can be asked for this. Raises ValueError, saying where it is wrong."""
    if len(encode(schema)) > MAX_SCHEMA_BYTES:
        raise ValueError(f"must be at most {MAX_SCHEMA_BYTES} bytes")
    if schema.get("type") != "object":
        raise ValueError('must describe an object: {"type": "object", "properties": {...}}')
    for count, _ in enumerate(_walk(schema, schema.get("$defs", {}), "", ())):
        if count >= MAX_SCHEMA_NODES:
            raise ValueError(f"must have at most {MAX_SCHEMA_NODES} parts, with references followed")
    try:
        _validator(encode(schema))
    except ValueError as error:  # the library's own errors are ValueErrors
        raise ValueError(f"is no JSON schema: {str(error).splitlines()[0][:300]}") from None


def misfits(schema: Mapping[str, Any], value: object) -> list[str]:
    """What is wrong with an answer, `path: why`; empty when it fits."""
    found: list[str] = []
    for error in _validator(encode(schema)).iter_errors(value):
        where = ".".join(map(str, error.instance_path)) or "the answer"
        found.append(f"{where}: {error.message[:300]}")
        if len(found) == _MAX_ERRORS:
            break
    return found


def refuse_offline(agent: str) -> Unavailable:
    """Why the offline model does not answer such an agent's questions."""
    return Unavailable(
        f"The offline model cannot answer in the form that {agent}'s output schema asks for.",
        hint="Connect a model under Models, or remove the schema from the agent.",
    )


def answer_tool(schema: dict[str, Any]) -> Tool:
    """The tool a model gives its answer with."""
    described = "Give the final answer of your work, in this form. Call it once, when everything else is done."
    return Tool(ANSWER_TOOL, _inlined(schema, schema.get("$defs", {})), described)


def _inlined(node: Any, defs: Mapping[str, Any]) -> Any:
    """The schema without references, which some providers do not follow; a checked one has no circles."""
    if isinstance(node, list):
        return [_inlined(item, defs) for item in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    fields = cast("dict[str, Any]", node)
    ref = fields.get("$ref")
    named = defs.get(ref.removeprefix("#/$defs/")) if isinstance(ref, str) else None
    rest = {key: _inlined(value, defs) for key, value in fields.items() if key not in {"$ref", "$defs"}}
    return rest if named is None else _inlined(named, defs) | rest


def _walk(node: Any, defs: Any, path: str, followed: tuple[str, ...], depth: int = 1) -> Iterator[None]:
    """Every part of the schema, references followed. Raises ValueError for foreign and circular ones."""
    yield
    if depth > MAX_SCHEMA_DEPTH:
        raise ValueError(f"must not nest deeper than {MAX_SCHEMA_DEPTH} ({path})")
    if isinstance(node, list):
        for index, item in enumerate(cast("list[Any]", node)):
            yield from _walk(item, defs, f"{path}.{index}", followed, depth + 1)
    if not isinstance(node, dict):
        return
    for key, value in cast("dict[str, Any]", node).items():
        here = f"{path}.{key}".lstrip(".")
        if key == "$ref" and isinstance(value, str):
            yield from _follow(value, defs, here, followed, depth)
        elif key in _FOREIGN and isinstance(value, str):
            raise ValueError(f"must not use {key} ({here})")
        elif not (key == "$defs" and not path):
            yield from _walk(value, defs, here, followed, depth + 1)


def _follow(ref: str, defs: Any, path: str, followed: tuple[str, ...], depth: int) -> Iterator[None]:
    name = ref.removeprefix("#/$defs/")
    if name == ref or "/" in name or not isinstance(defs, dict) or name not in defs:
        raise ValueError(f'may only refer to "#/$defs/<name>" of its own, not {ref[:100]!r} ({path})')
    if name in followed:
        raise ValueError(f"must not refer to itself: {' -> '.join((*followed, name))} ({path})")
    yield from _walk(defs[name], cast("Any", defs), path, (*followed, name), depth + 1)


@lru_cache(maxsize=64)
def _validator(schema: bytes) -> Draft202012Validator:
    """Patterns match in linear time and nothing is fetched. Raises ValueError for what is no schema."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        schema.decode(), pattern_options=jsonschema_rs.RegexOptions(size_limit=1_000_000)
    )
