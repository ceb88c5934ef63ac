"""Are these arguments the tool's."""

from __future__ import annotations

from pydantic import ValidationError

from entourage.tools.pipeline import Middleware
from entourage.tools.schema import ready
from entourage.tools.tool import BUILTIN, ToolCall, ToolResult

_MAX_TOLD_CHARS = 2_000


class Validation(Middleware):
    """Checks arguments against the tool's schema; the model reads what is wrong and can mend it."""

    async def before(self, call: ToolCall) -> ToolResult | None:
        if call.tool.origin != BUILTIN:
            await ready()
        try:
            call.valid = call.tool.validate(call.args)
        except ValidationError as error:
            return _refused(_explain(error))
        except ValueError as error:
            return _refused(str(error))
        return None


def _refused(why: str) -> ToolResult:
    return ToolResult.failure(f"The arguments are not valid. {why[:_MAX_TOLD_CHARS]}")


def _explain(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) or 'arguments'}: {item['msg']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    )
