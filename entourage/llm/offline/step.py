"""One move of the offline model: a tool call or the final words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import msgspec


class PlannedCall(msgspec.Struct, frozen=True):
    """A tool call to make; `text` is said before it."""

    tool: str
    args: Mapping[str, object]
    text: str = ""

    def id(self, turn: int, index: int) -> str:
        """The same id for the same call of the same turn, so that a restart finds what was already done."""
        named = json.dumps([turn, index, self.tool, self.args], sort_keys=True, ensure_ascii=False)
        return f"offline_{hashlib.blake2b(named.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"


class Answer(msgspec.Struct, frozen=True):
    """The final text, in Markdown."""

    text: str


Step = PlannedCall | Answer
