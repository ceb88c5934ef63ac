"""What a scripted provider answers, before a dialect writes it down."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

FaultKind = Literal[
    "status",
    "redirect",
    "cut_before",
    "cut_headers",
    "cut_mid",
    "stall",
    "malformed",
    "bad_utf8",
    "endless",
    "compressed",
    "huge_header",
    "ends_early",
    "error_event",
]
Stop = Literal["end", "length", "sequence", "refusal"]


@dataclass(frozen=True)
class Call:
    """A tool call; its id is made from the conversation, so that it comes out the same again.

    `raw` are arguments that are no JSON, for the dialects that send them as text.
    """

    name: str
    args: Json = field(default_factory=dict)
    raw: str | None = None

    @property
    def arguments(self) -> str:
        return json.dumps(self.args) if self.raw is None else self.raw


@dataclass(frozen=True)
class Fault:
    """How the answer goes wrong. `after` counts content events sent before it (streams only)."""

    kind: FaultKind
    status: int = 200
    code: str = "server_error"
    message: str = "The server had an error while processing your request."
    retry_after_seconds: int | None = None
    after: int = 0


@dataclass(frozen=True)
class Reply:
    """One answer: reasoning, then text, then tool calls.

    `deltas` are the text's pieces as they are streamed; `first_token_ms` and `between_ms` pace them (None: the
    server's own pace). `stubborn` answers stay as they are, whatever tool or form was asked for. `stop` says why
    the text ended where it did.
    """

    deltas: tuple[str, ...] = ()
    reasoning: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    fault: Fault | None = None
    first_token_ms: int | None = None
    between_ms: int | None = None
    argument_pieces: int = 4
    stubborn: bool = False
    stop: Stop = "end"
    stop_sequence: str | None = None

    @property
    def text(self) -> str:
        return "".join(self.deltas)

    def output_tokens(self) -> int:
        calls = sum(len(call.name) + len(str(call.args)) for call in self.calls)
        return 1 + (len(self.text) + len("".join(self.reasoning)) + calls) // 4

    def reasoning_tokens(self) -> int:
        return (len("".join(self.reasoning)) + 3) // 4


def say(text: str, **more: Any) -> Reply:
    """A reply whose text is streamed word by word."""
    return Reply(deltas=tuple(re.findall(r"\s*\S+\s*$|\s*\S+", text)) or (text,), **more)


def call(name: str, /, text: str = "", **args: Any) -> Reply:
    """A reply that calls one tool, with a few words before it."""
    return Reply(deltas=say(text).deltas if text else (), calls=(Call(name, args),))


def in_pieces(text: str, count: int) -> list[str]:
    """`text` cut into at most `count` pieces of nearly equal length."""
    size = max(1, -(-len(text) // max(1, count)))
    return [text[i : i + size] for i in range(0, len(text), size)] or [""]


def from_schema(schema: Json, defs: Json | None = None) -> Any:
    """The smallest value a JSON schema accepts, so that forced tools and structured answers can be scripted."""
    defs = defs or schema.get("$defs", {})
    if "$ref" in schema:
        return from_schema(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    if "const" in schema:
        return schema["const"]
    for key in ("enum", "examples"):
        if schema.get(key):
            return schema[key][0]
    if "default" in schema:
        return schema["default"]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return from_schema(schema[key][0], defs)
    return _of_type(schema, defs)


def _of_type(schema: Json, defs: Json) -> Any:
    match schema.get("type"):
        case "object":
            needed = schema.get("required", [])
            return {n: from_schema(s, defs) for n, s in schema.get("properties", {}).items() if n in needed}
        case "array":
            return [from_schema(schema.get("items", {}), defs)] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return "x" * max(1, schema.get("minLength", 1))
