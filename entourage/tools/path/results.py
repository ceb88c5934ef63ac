"""What becomes of results: secrets go, media and long texts become artifacts of the conversation."""

from __future__ import annotations

from msgspec.structs import replace

from entourage.tools.path.keeping import Keeping
from entourage.tools.path.redaction import Redactor
from entourage.tools.pipeline import Middleware, storable
from entourage.tools.tool import ToolCall, ToolResult

MAX_RESULT_CHARS = 50_000
"""How much of a result the model sees; the rest stands in an artifact."""


class Results(Middleware):
    """In a conversation the model reads a bounded text; a client outside of one gets all that came."""

    def __init__(self, redactor: Redactor, keeping: Keeping) -> None:
        self._redactor = redactor
        self._keeping = keeping

    async def after(self, call: ToolCall, result: ToolResult) -> ToolResult:
        result = self._redactor.result(call, result)
        if not call.chat_id:
            return result
        if result.content:
            result = await self._keeping.media(call, result)
        text = storable(result.text)
        if len(text) > MAX_RESULT_CHARS:
            result = await self._keeping.long_text(call, replace(result, text=text))
            text = preview(text)
        return replace(result, text=text, content=())


def preview(text: str) -> str:
    """The beginning and the end of a long text."""
    head, tail = MAX_RESULT_CHARS * 3 // 4, MAX_RESULT_CHARS // 4
    cut = len(text) - head - tail
    return f"{text[:head]}\n[... {cut} characters left out ...]\n{text[-tail:]}"
