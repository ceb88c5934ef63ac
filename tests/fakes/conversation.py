"""What a client sent, in one shape for all dialects, so that a script can decide from it alone."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

ATTACHED = re.compile(r"\[attached file: (?P<path>.+?) \((?P<mime>[\w.+/-]+)(?:;[^,]*)?, (?P<size>[\d,.]+ ?\w+)\)\]")


@dataclass(frozen=True)
class ToolCall:
    id: str
    name: str
    args: Json


@dataclass(frozen=True)
class ToolResult:
    id: str
    name: str
    text: str
    is_error: bool = False


@dataclass(frozen=True)
class ToolSpec:
    name: str
    schema: Json


@dataclass(frozen=True)
class Turn:
    role: Literal["user", "assistant", "tool"]
    text: str = ""
    images: int = 0
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True)
class Attachment:
    path: str
    mime: str
    size: str


@dataclass(frozen=True)
class Conversation:
    """A request to a model: turns oldest first, tools offered, and what shape of answer is wanted."""

    dialect: Literal["openai", "responses", "anthropic"]
    model: str
    turns: tuple[Turn, ...]
    system: str = ""
    stream: bool = False
    include_usage: bool = False
    tools: tuple[ToolSpec, ...] = ()
    tool_choice: str = "auto"
    schema: Json | None = None
    stop: tuple[str, ...] = ()
    max_tokens: int | None = None
    cached: bool = False
    repeats: int = 0
    raw: Json = field(default_factory=dict)

    @property
    def _last_user(self) -> int:
        indexes = [i for i, turn in enumerate(self.turns) if turn.role == "user" and turn.text.strip()]
        return indexes[-1] if indexes else -1

    @property
    def user_text(self) -> str:
        """The newest text of the user."""
        index = self._last_user
        return self.turns[index].text if index >= 0 else ""

    @property
    def results(self) -> tuple[ToolResult, ...]:
        """Results of the tools called since the user last spoke, in order."""
        return tuple(r for turn in self.turns[self._last_user + 1 :] for r in turn.results)

    @property
    def step(self) -> int:
        """How many times the assistant has answered since the user last spoke."""
        return sum(turn.role == "assistant" for turn in self.turns[self._last_user + 1 :])

    @property
    def images(self) -> int:
        return sum(turn.images for turn in self.turns)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Files named in the user's newest text by lines `[attached file: PATH (MIME, SIZE)]`."""
        return tuple(Attachment(m["path"], m["mime"], m["size"]) for m in ATTACHED.finditer(self.user_text))

    @property
    def seed(self) -> str:
        """Names this request the same way each time it is sent, also after the client was killed."""
        turns = [[t.role, t.text, [c.id for c in t.calls], [r.id for r in t.results]] for t in self.turns]
        return hashlib.sha256(json.dumps([self.model, turns]).encode()).hexdigest()

    def offers(self, name: str) -> bool:
        return any(tool.name == name for tool in self.tools)

    def results_of(self, name: str) -> list[ToolResult]:
        return [result for result in self.results if result.name == name]

    def input_tokens(self) -> int:
        """About four characters a token, as real tokenizers come to for English."""
        size = len(self.system) + sum(len(json.dumps(tool.schema)) + len(tool.name) for tool in self.tools)
        for turn in self.turns:
            size += len(turn.text) + 1200 * turn.images + sum(len(r.text) for r in turn.results)
            size += sum(len(json.dumps(call.args)) for call in turn.calls)
        return 8 + size // 4
