"""analyze_ast: the outline of a source file, so that an agent need not read all of it."""

from __future__ import annotations

import asyncio

from pydantic import Field, model_validator

from entourage.kit.errors import Invalid, TooLarge
from entourage.kit.schema import Schema
from entourage.tools.syntax.languages import GRAMMARS, language_of
from entourage.tools.syntax.outline import Outline, outline
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of
from entourage.workspaces.places import Places

MAX_SOURCE_BYTES = 2 * 1024 * 1024
MOST_CALLS_TOLD = 40


class AnalyzeAst(Schema):
    """Outline source code without reading all of it: definitions with their lines, imports, what is called how often,
    and syntax errors. Give the `path` of a file in the working folder, or `code` and its `language`. Python,
    JavaScript, TypeScript, TSX, Go, Rust, Bash."""

    path: str | None = Field(None, max_length=4096)
    code: str | None = Field(None, max_length=MAX_SOURCE_BYTES)
    language: str | None = Field(None, max_length=32, description="Left out: by the name of the file.")

    @model_validator(mode="after")
    def _one_source(self) -> AnalyzeAst:
        if (self.path is None) == (self.code is None):
            raise ValueError("give either path or code")
        return self


class _SyntaxTools:
    def __init__(self, places: Places) -> None:
        self._places = places

    async def analyze(self, call: ToolCall, args: AnalyzeAst) -> ToolResult:
        language = (args.language or language_of(args.path or "") or "").lower()
        if language not in GRAMMARS:
            raise Invalid(
                f"The language {language!r} is not known." if language else "The language is not known.",
                hint=f"Give one of {', '.join(GRAMMARS)} as language.",
            )
        if args.path is not None:
            source = await (await self._places.of(call.owner_id, call.folder_id)).files.read_bytes(args.path)
        else:
            source = (args.code or "").encode(errors="replace")
        if len(source) > MAX_SOURCE_BYTES:
            raise TooLarge(f"It has {len(source):,} bytes; at most {MAX_SOURCE_BYTES:,} are analyzed.")
        found = await asyncio.to_thread(outline, source, language)
        return ToolResult(told(found), structured=found.structured())


def told(found: Outline) -> str:
    """An outline as a model reads it."""
    parts = [f"{found.language}, {'with syntax errors' if found.errors else 'no syntax errors'}"]
    parts += [f"line {line}:{column} {what}" for line, column, what in found.errors[:20]]
    parts += ["", *(f"line {line}: {text}" for line, text in found.imports)] if found.imports else []
    parts += ["", *(_line(one.depth, one.kind, one.name, one.first_line, one.last_line) for one in found.definitions)]
    calls = [f"{name} x{count}" if count > 1 else name for name, count in found.calls.most_common(MOST_CALLS_TOLD)]
    parts += ["", "calls: " + ", ".join(calls)] if calls else []
    return "\n".join([*parts, "[there is more than is told]"] if found.is_cut else parts)


def _line(depth: int, kind: str, name: str, first: int, last: int) -> str:
    return f"{'  ' * depth}{kind} {name} ({first}-{last})"


def syntax_tools(places: Places) -> list[Tool]:
    """analyze_ast over these places."""
    tools = _SyntaxTools(places)
    options = {"read_only": True, "idempotent": True, "cache_seconds": 0}
    return [tool_of("analyze_ast", AnalyzeAst, tools.analyze, **options)]
