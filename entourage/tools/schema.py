"""Tools that are described by a JSON schema: what others say of their arguments, checked before they are asked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog

from entourage.kit.json import encode
from entourage.tools.tool import Run, Tool, Validate

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

logger = structlog.get_logger(__name__)

_LIBRARY = "jsonschema_rs"
MAX_SCHEMA_BYTES = 1_048_576
MAX_TOLD_ERRORS = 5
MAX_TOLD_CHARS = 300
_BACKTRACKING = 100_000
_PATTERN_BYTES = 1_000_000


class Misfit(ValueError):
    """Arguments that do not fit the schema; the text says where and why, for a model that will mend them."""


async def ready() -> None:
    """Wait until checking does not hold up the loop any more: its library takes 0.1 s to import."""
    if _LIBRARY not in sys.modules:
        await asyncio.to_thread(import_module, _LIBRARY)


def json_schema_validator(schema: Mapping[str, Any]) -> Validate:
    """Checks arguments against the schema and gives them back as they are. The check raises Misfit.

    The schema is compiled at the first call. Nothing is fetched, patterns end in bounded time, and a schema that is
    itself broken lets everything pass: then the tool's own server has the word.
    """
    compiled: list[Any] = []

    def validate(args: dict[str, Any]) -> dict[str, Any]:
        if not compiled:
            compiled.append(_compiled(schema))
        validator = compiled[0]
        if validator is None or validator.is_valid(args):
            return args
        raise Misfit(_told(validator, args))

    return validate


def json_tool(name: str, description: str, parameters: dict[str, Any], run: Run, **annotations: Any) -> Tool:
    """A tool of somebody else's, with the schema of its arguments. What may destroy asks first unless told otherwise.

    `annotations` are the further fields of `Tool`.
    """
    annotations.setdefault("default_grant", "ask" if annotations.get("destructive") else "allow")
    return Tool(name, description, parameters, json_schema_validator(parameters), run, **annotations)


def hints_of(annotations: Mapping[str, Any] | None) -> dict[str, bool]:
    """An MCP server's annotations as fields of `Tool`; what it leaves out is what MCP says: the worst."""
    said = annotations or {}
    read_only = said.get("readOnlyHint") is True
    return {
        "read_only": read_only,
        "destructive": not read_only and said.get("destructiveHint") is not False,
        "idempotent": said.get("idempotentHint") is True,
        "open_world": said.get("openWorldHint") is not False,
    }


def _compiled(schema: Mapping[str, Any]) -> Any:
    if len(encode(schema)) > MAX_SCHEMA_BYTES:
        return None
    import jsonschema_rs

    patterns = jsonschema_rs.FancyRegexOptions(backtrack_limit=_BACKTRACKING, size_limit=_PATTERN_BYTES)
    known = {key: value for key, value in schema.items() if key != "$schema" or _is_known(value)}
    try:
        return jsonschema_rs.validator_for(known, offline=True, pattern_options=patterns)
    except ValueError as error:  # the library's own errors are ValueErrors
        logger.info("tools.broken_schema", error=str(error).splitlines()[0][:MAX_TOLD_CHARS])
        return None


def _is_known(meta: object) -> bool:
    return isinstance(meta, str) and "json-schema.org/" in meta


def _told(validator: Any, args: dict[str, Any]) -> str:
    told: list[str] = []
    try:
        for error in validator.iter_errors(args):
            told.append(_one(error))
            if len(told) == MAX_TOLD_ERRORS:
                break
    except ValueError as error:  # nested too deep to say where
        told.append(str(error)[:MAX_TOLD_CHARS])
    return "; ".join(told)


def _one(error: ValidationError) -> str:
    where = ".".join(map(str, error.instance_path)) or "arguments"
    return f"{where}: {error.message[:MAX_TOLD_CHARS]}"
