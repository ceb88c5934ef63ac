"""Whole chat completions, read and written."""

from __future__ import annotations

import msgspec

from entourage.llm.translate.chat.reasoning import details_of, thinking_of, words_of
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.neutral import (
    Call,
    Json,
    Ran,
    Reply,
    Spent,
    StopReason,
    Text,
    Thinking,
    bare_id,
)
from entourage.llm.translate.ran import as_thoughts
from entourage.llm.translate.sink import add, now_seconds, stop_of

STOPS: dict[str, StopReason] = {
    "stop": "end",
    "length": "length",
    "tool_calls": "tools",
    "function_call": "tools",
    "content_filter": "refusal",
}
FINISHES: dict[StopReason, str] = {
    "end": "stop",
    "length": "length",
    "tools": "tool_calls",
    "sequence": "stop",
    "refusal": "content_filter",
}


EXTENSION = "entourage"
"""The field of a message, and of a delta, that tells of tools which ran here. No client takes it for calls to make."""


class Details(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None


class Usage(msgspec.Struct):
    """`prompt_cache_hit_tokens` is DeepSeek's."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: Details | None = None
    completion_tokens_details: Details | None = None
    prompt_cache_hit_tokens: int | None = None

    def spent(self) -> Spent:
        given, made = self.prompt_tokens_details or Details(), self.completion_tokens_details or Details()
        return Spent(
            input=self.prompt_tokens or 0,
            output=self.completion_tokens or 0,
            cached=given.cached_tokens or self.prompt_cache_hit_tokens or 0,
            cache_write=given.cache_write_tokens or 0,
            reasoning=made.reasoning_tokens or 0,
        )


class Function(msgspec.Struct):
    name: str | None = None
    arguments: str | Json | None = None

    def text(self) -> str:
        """The arguments as text; some servers send the object itself."""
        given = self.arguments
        return given if isinstance(given, str) else msgspec.json.encode(given).decode() if given else ""


class ToolCall(msgspec.Struct):
    id: str | None = None
    index: int | None = None
    function: Function | None = None


class Said(msgspec.Struct):
    """A message, or what a chunk adds to it."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Json] | None = None
    tool_calls: list[ToolCall] | None = None


class Choice(msgspec.Struct):
    message: Said
    finish_reason: str | None = None


class Completion(msgspec.Struct):
    choices: list[Choice]
    id: str = ""
    created: int | None = None
    usage: Usage | None = None


_decode = msgspec.json.Decoder(Completion).decode


def read_reply(body: bytes) -> Reply:
    """Raises StreamBroken when there is no answer in it."""
    given = _decode(body)
    if not given.choices:
        raise StreamBroken("The answer holds no choice.")
    choice, message = given.choices[0], given.choices[0].message
    reply = Reply(bare_id(given.id), int(given.created or now_seconds()), [])
    for thought in thinking_of(message.reasoning_details, message.reasoning_content or message.reasoning):
        add(reply.parts, thought)
    for text, is_refusal in ((message.content, False), (message.refusal, True)):
        if text:
            add(reply.parts, Text(text, is_refusal=is_refusal))
    for index, call in enumerate(message.tool_calls or []):
        function = call.function or Function()
        reply.parts.append(Call(call.id or f"call_{index}", function.name or "", function.text() or "{}"))
    reply.stop = stop_of(STOPS.get(choice.finish_reason or "", "end"), reply.parts)
    reply.spent = given.usage.spent() if given.usage else Spent()
    return reply


def write_reply(reply: Reply, model: str) -> bytes:
    """A `chat.completion`."""
    choice = {"index": 0, "message": _message(reply), "logprobs": None, "finish_reason": finish_of(reply)}
    return msgspec.json.encode(
        {
            "id": f"chatcmpl-{reply.id}",
            "object": "chat.completion",
            "created": reply.created,
            "model": model,
            "choices": [choice],
            "usage": usage_of(reply.spent),
        }
    )


def finish_of(reply: Reply) -> str:
    """A refusal that is told in words ends with `stop`, as at OpenAI."""
    has_words = any(isinstance(part, Text) and part.is_refusal for part in reply.parts)
    return "stop" if reply.stop == "refusal" and has_words else FINISHES[reply.stop]


def _message(reply: Reply) -> Json:
    parts = as_thoughts(reply.parts)
    thoughts = [part for part in parts if isinstance(part, Thinking)]
    texts = [part for part in parts if isinstance(part, Text)]
    calls = [part for part in parts if isinstance(part, Call)]
    said = "".join(text.text for text in texts if not text.is_refusal)
    refused = "".join(text.text for text in texts if text.is_refusal)
    message: Json = {"role": "assistant", "content": said or None, "refusal": refused or None}
    if words := words_of(thoughts):
        message["reasoning_content"] = words
    if details := [entry for index, thought in enumerate(thoughts) for entry in details_of(thought, index)]:
        message["reasoning_details"] = details
    if calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments or "{}"}}
            for call in calls
        ]
    if ran := [part for part in reply.parts if isinstance(part, Ran)]:
        message[EXTENSION] = {"tool_calls": [entry_of(call, index) for index, call in enumerate(ran)]}
    return message


def entry_of(call: Ran, index: int) -> Json:
    """A call that was made here, in our extension of the dialect."""
    fields = {"id": call.id, "name": call.name, "arguments": call.arguments, "output": call.output}
    return {"index": index} | fields | {"error": call.error}


def usage_of(spent: Spent) -> Json:
    """OpenAI's own figures; `cache_write_tokens` among them."""
    return {
        "prompt_tokens": spent.input,
        "completion_tokens": spent.output,
        "total_tokens": spent.input + spent.output,
        "prompt_tokens_details": {"cached_tokens": spent.cached, "cache_write_tokens": spent.cache_write},
        "completion_tokens_details": {"reasoning_tokens": spent.reasoning},
    }
