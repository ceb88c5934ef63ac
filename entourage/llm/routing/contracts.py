"""What a request demands of its answer besides being one: a tool called, JSON that fits a schema."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import msgspec

from entourage.llm.translate.errors import Dialect

_MAX_SCHEMA_BYTES = 256 * 1024
_FORCED_TYPES = frozenset({"function", "custom", "tool", "any", "allowed_tools"})


class Contract(NamedTuple):
    """`schema` None: any text will do; `{}`: any JSON."""

    needs_tool: bool
    schema: dict[str, Any] | bool | None

    def unmet(self, dialect: Dialect, body: bytes) -> str | None:
        """What an answer in this dialect lacks; None when it keeps the contract."""
        answer = _read(dialect, body)
        if answer.is_excused:
            return None
        if self.needs_tool and not answer.has_tool:
            return "no tool was called although one had to be"
        if self.schema is None or answer.has_tool:
            return None
        return _misfit(answer.text, self.schema)


def contract_of(
    dialect: Dialect, tool_choice: msgspec.Raw, tools: msgspec.Raw, formats: tuple[msgspec.Raw, ...]
) -> Contract | None:
    """The contract of a request; None when it demands nothing. `formats` are the fields that may hold a schema."""
    needs_tool = len(tool_choice) > 0 and len(tools) > 2 and _is_forced(tool_choice)
    schema = next((found for raw in formats if len(raw) and (found := _schema(dialect, raw)) is not None), None)
    return Contract(needs_tool, schema) if needs_tool or schema is not None else None


class _Typed(msgspec.Struct):
    type: str = ""
    mode: str = ""


def _is_forced(raw: msgspec.Raw) -> bool:
    try:
        choice = msgspec.json.decode(raw, type=str | _Typed)
    except msgspec.DecodeError:
        return False
    if isinstance(choice, str):
        return choice == "required"
    return choice.type in _FORCED_TYPES and choice.mode != "auto"


class _JsonSchema(msgspec.Struct):
    schema: dict[str, Any] | None = None


class _Format(msgspec.Struct):
    type: str = ""
    schema: dict[str, Any] | None = None
    json_schema: _JsonSchema | None = None


class _Holder(msgspec.Struct):
    format: _Format | None = None
    type: str = ""
    schema: dict[str, Any] | None = None
    json_schema: _JsonSchema | None = None


def _schema(dialect: Dialect, raw: msgspec.Raw) -> dict[str, Any] | None:
    if len(raw) > _MAX_SCHEMA_BYTES:
        return None
    try:
        holder = msgspec.json.decode(raw, type=_Holder)
    except msgspec.DecodeError:
        return None
    told = holder.format or holder
    if told.type == "json_object" and dialect != "messages":
        return {}
    if told.type != "json_schema":
        return None
    return told.schema or (told.json_schema.schema if told.json_schema else None)


class _Answer(NamedTuple):
    text: str
    has_tool: bool
    is_excused: bool
    """It was cut short or refused: no other candidate would be to blame for that."""


class _ChatMessage(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[msgspec.Raw] | None = None


class _ChatChoice(msgspec.Struct):
    message: _ChatMessage = msgspec.field(default_factory=_ChatMessage)
    finish_reason: str | None = None


class _Block(msgspec.Struct):
    type: str = ""
    text: str | None = None
    content: list[_Block] | str | None = None


class _Whole(msgspec.Struct):
    choices: list[_ChatChoice] = []
    output: list[_Block] = []
    content: list[_Block] = []
    stop_reason: str | None = None
    status: str | None = None


_EXCUSES = frozenset({"length", "content_filter", "max_tokens", "refusal", "pause_turn", "incomplete"})


def _read(dialect: Dialect, body: bytes) -> _Answer:
    try:
        whole = msgspec.json.decode(body, type=_Whole)
    except msgspec.DecodeError:
        return _Answer("", has_tool=False, is_excused=True)
    match dialect:
        case "chat":
            choice = whole.choices[0] if whole.choices else _ChatChoice()
            said = choice.message
            excused = bool(said.refusal) or choice.finish_reason in _EXCUSES
            return _Answer(said.content or "", bool(said.tool_calls), excused)
        case "responses":
            inner = [part for item in whole.output for part in cast("list[_Block]", item.content or [])]
            text = "".join(part.text or "" for part in inner if part.type == "output_text")
            excused = whole.status in _EXCUSES or any(part.type == "refusal" for part in inner)
            return _Answer(text, any(item.type.endswith("_call") for item in whole.output), excused)
        case "messages":
            text = "".join(block.text or "" for block in whole.content if block.type == "text")
            called = any(block.type.endswith("tool_use") for block in whole.content)
            return _Answer(text, called, whole.stop_reason in _EXCUSES)


def _misfit(text: str, schema: dict[str, Any] | bool) -> str | None:
    import jsonschema_rs

    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return "the answer is no JSON although it had to be"
    try:
        validator = jsonschema_rs.validator_for(schema, retriever=_refuse, pattern_options=_linear())
    except (ValueError, jsonschema_rs.ReferencingError):
        return None  # the schema itself is wrong, and whoever answers cannot help it
    return None if validator.is_valid(value) else "the answer does not fit the JSON schema"


def _refuse(uri: str) -> Any:
    raise ValueError(f"{uri[:80]!r} is not fetched")


def _linear() -> Any:
    """Patterns come from callers: they are matched in linear time or not at all."""
    import jsonschema_rs

    return jsonschema_rs.RegexOptions()
