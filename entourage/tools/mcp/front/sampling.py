"""Answering `sampling/createMessage` by the person's own models, where their client cannot and they allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from entourage.accounts.preferences import PreferenceStore
from entourage.kit import json
from entourage.kit.errors import Problem
from entourage.llm.inside.calling import call_inside
from entourage.llm.inside.exchange import InsideExchange
from entourage.llm.inside.spending import Spending
from entourage.llm.kept import Kept
from entourage.llm.money.call import Spender
from entourage.tools.mcp.links.errors import INTERNAL_ERROR, INVALID_PARAMS, McpError

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core
    from entourage.tools.mcp.front.behind import Sample
    from entourage.tools.mcp.front.messages import JsonObject

SOURCE = "mcp"
MOST_TOKENS = 8192
DEFAULT_MODEL = "default"
_REASONS = {"stop": "endTurn", "length": "maxTokens"}


class Sampler:
    """Whether a person lets servers ask their models is a preference of theirs (`mcp.sampling`), off by default."""

    def __init__(self, core: Core, preferences: PreferenceStore) -> None:
        self._core = core
        self._preferences = preferences
        self._allowed: Kept[bool] = Kept(self._look_up)
        preferences.on_change(self._allowed.drop)

    def of(self, owner_id: str) -> Sample | None:
        """What answers in the client's place; None when the person does not want that."""
        if not self._allowed.last(owner_id):
            return None

        async def sample(params: dict[str, Any]) -> dict[str, Any]:
            return await self._sample(owner_id, params)

        return sample

    async def learn(self, owner_id: str) -> None:
        """Know what this person wants. Does not suspend when it is known."""
        if self._allowed.known(owner_id) is None:
            await self._allowed.of(owner_id)

    async def _look_up(self, owner_id: str) -> bool:
        preferences, _ = await self._preferences.get(owner_id)
        return preferences.mcp.sampling

    async def _sample(self, owner_id: str, params: JsonObject) -> JsonObject:
        body = json.encode(request_of(params))
        exchange = InsideExchange("/v1/chat/completions", ((b"content-type", b"application/json"),), body)
        spender = Spender(owner_id=owner_id, source=SOURCE)
        task = call_inside(self._core, exchange, Spending(spender), None)
        try:
            await exchange.head()
            answer = b"".join([piece async for piece in exchange.pieces()])
        except Problem as problem:
            raise McpError(INTERNAL_ERROR, f"No model answered: {problem.detail}") from problem
        finally:
            exchange.leave()
            await task
        return result_of(json.decode(answer))


def request_of(params: JsonObject) -> JsonObject:
    """A request for a chat completion. Raises McpError."""
    messages = params.get("messages")
    if not isinstance(messages, list) or not messages:
        raise McpError(INVALID_PARAMS, "sampling/createMessage needs messages.")
    told = [_message(one) for one in cast("list[JsonObject]", messages)]
    if isinstance(system := params.get("systemPrompt"), str):
        told.insert(0, {"role": "system", "content": system})
    most = params.get("maxTokens")
    body: JsonObject = {"model": DEFAULT_MODEL, "messages": told}
    body["max_tokens"] = min(most, MOST_TOKENS) if isinstance(most, int) and most > 0 else MOST_TOKENS
    if isinstance(temperature := params.get("temperature"), int | float):
        body["temperature"] = temperature
    if isinstance(stops := params.get("stopSequences"), list) and stops:
        body["stop"] = stops
    return body


def result_of(answer: JsonObject) -> JsonObject:
    """The completion, as MCP puts it. Raises McpError for an answer of another form."""
    try:
        choice = answer["choices"][0]
        text = choice["message"]["content"] or ""
    except (KeyError, IndexError, TypeError):
        raise McpError(INTERNAL_ERROR, "The model's answer could not be read.") from None
    reason = _REASONS.get(str(choice.get("finish_reason")), "endTurn")
    content = {"type": "text", "text": str(text)}
    return {"role": "assistant", "content": content, "model": str(answer.get("model", "")), "stopReason": reason}


def _message(message: JsonObject) -> JsonObject:
    content: object = message.get("content")
    blocks = cast("list[JsonObject]", content if isinstance(content, list) else [content])
    parts: list[JsonObject] = []
    for block in blocks:
        if block.get("type") == "text":
            parts.append({"type": "text", "text": str(block.get("text"))})
        elif block.get("type") == "image":
            url = f"data:{block.get('mimeType')};base64,{block.get('data')}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
        else:
            raise McpError(INVALID_PARAMS, f"Models here take no {str(block.get('type'))[:40]!r}.")
    plain = parts[0]["text"] if len(parts) == 1 and parts[0]["type"] == "text" else parts
    return {"role": "assistant" if message.get("role") == "assistant" else "user", "content": plain}
