"""No secret leaves with a result: neither what was lent to the backend nor what looks like one."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Any, cast

from msgspec.structs import replace

from entourage.kit.redaction import REDACTED, redact_tokens
from entourage.tools.tool import ToolCall, ToolResult

_SHORTEST_SECRET = 4
"""Shorter values are part of ordinary words."""

_BINARY = frozenset({"data", "blob"})


class Redactor:
    """Takes secrets out of texts and results. Base64 data of media blocks is left alone."""

    def result(self, call: ToolCall, result: ToolResult) -> ToolResult:
        """The result without secrets; itself when there are none."""
        secrets = known_secrets(call.secrets)
        text = without_secrets(result.text, secrets)
        content = tuple(self._block(block, secrets) for block in result.content)
        structured = self.value(result.structured, secrets)
        meta = self.value(result.meta, secrets)
        before = (result.text, result.structured, result.meta, *result.content)
        if all(map(is_, before, (text, structured, meta, *content))):
            return result
        return replace(result, text=text, content=content, structured=structured, meta=meta)

    def value(self, value: Any, secrets: Sequence[str] = ()) -> Any:
        """A JSON value without secrets; itself when there are none."""
        if isinstance(value, str):
            return without_secrets(value, secrets)
        if isinstance(value, dict):
            pairs = cast("dict[str, Any]", value)
            made = {without_secrets(key, secrets): self.value(item, secrets) for key, item in pairs.items()}
            same = all(made.get(key, self) is item for key, item in pairs.items())
            return pairs if same else made
        if isinstance(value, list):
            items = cast("list[Any]", value)
            cleaned = [self.value(item, secrets) for item in items]
            return items if all(one is other for one, other in zip(cleaned, items, strict=True)) else cleaned
        return value

    def _block(self, block: dict[str, Any], secrets: Sequence[str]) -> dict[str, Any]:
        plain = {key: item for key, item in block.items() if key not in _BINARY}
        resource = block.get("resource")
        if isinstance(resource, dict):
            plain["resource"] = {k: v for k, v in cast("dict[str, Any]", resource).items() if k not in _BINARY}
        cleaned = self.value(plain, secrets)
        if cleaned is plain:
            return block
        made = {**block, **cleaned}
        if isinstance(resource, dict):
            made["resource"] = {**cast("dict[str, Any]", resource), **cleaned["resource"]}
        return made


def known_secrets(values: Sequence[str]) -> Sequence[str]:
    """The values that are long enough to be looked for, longest first."""
    return sorted({value for value in values if len(value) >= _SHORTEST_SECRET}, key=len, reverse=True)


def without_secrets(text: str, secrets: Sequence[str]) -> str:
    """The text without these values and without what has the shape of a token."""
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return redact_tokens(text)
