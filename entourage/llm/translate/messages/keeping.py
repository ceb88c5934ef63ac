"""Anthropic messages between stream and whole."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from entourage.llm.translate.chat.stream import told_error
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.neutral import Json

_JOINED = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "signature_delta": "signature",
    "input_json_delta": "partial_json",
    "compaction_delta": "content",
}
_AT_THE_END = ("stop_reason", "stop_sequence", "stop_details")


def replay(reply: Json) -> bytes:
    """The events of a message."""
    usage: Json = reply.get("usage") or {}
    start: Json = reply | {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage | {"output_tokens": 1},
    }
    end = {name: reply[name] for name in (*_AT_THE_END, "container") if name in reply}
    events: list[Json] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(reply["content"]):
        events += _block(index, block)
    events.append({"type": "message_delta", "delta": end, "usage": usage})
    events.append({"type": "message_stop"})
    return b"".join(
        b"event: " + event["type"].encode() + b"\ndata: " + msgspec.json.encode(event) + b"\n\n" for event in events
    )


def _block(index: int, block: Json) -> Iterator[Json]:
    deltas = list(_deltas(block))
    emptied: dict[str, Json] = {
        "text": block | {"text": ""} | ({"citations": None} if "citations" in block else {}),
        "thinking": block | {"thinking": "", "signature": ""},
        "tool_use": block | {"input": {}},
        "server_tool_use": block | {"input": {}},
    }
    opened = emptied.get(block["type"], block)
    yield {"type": "content_block_start", "index": index, "content_block": opened}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _deltas(block: Json) -> Iterator[Json]:
    match block["type"]:
        case "text":
            citations: list[Json] = block.get("citations") or []
            for citation in citations:
                yield {"type": "citations_delta", "citation": citation}
            yield {"type": "text_delta", "text": block["text"]}
        case "thinking":
            if block["thinking"]:
                yield {"type": "thinking_delta", "thinking": block["thinking"]}
            yield {"type": "signature_delta", "signature": block.get("signature", "")}
        case "tool_use" | "server_tool_use":
            yield {"type": "input_json_delta", "partial_json": msgspec.json.encode(block["input"]).decode()}
        case _:
            return


def whole(events: list[Json]) -> Json:
    """The message of a stream. Raises StreamBroken when it never stopped."""
    message: Json = {}
    blocks: dict[int, Json] = {}
    is_whole = False
    for event in events:
        match event["type"]:
            case "message_start":
                message = event["message"]
            case "content_block_start":
                blocks[event["index"]] = event["content_block"]
            case "content_block_delta":
                _apply(blocks[event["index"]], event["delta"])
            case "message_delta":
                message |= event["delta"]
                message["usage"] = (message.get("usage") or {}) | (event.get("usage") or {})
            case "message_stop":
                is_whole = True
            case "error":
                raise told_error(event["error"])
            case _:
                continue
    if not (message and is_whole):
        raise StreamBroken("The stream ended early.")
    return message | {"content": [_tidy(blocks[index]) for index in sorted(blocks)]}


def _apply(block: Json, delta: Json) -> None:
    if delta["type"] == "citations_delta":
        block["citations"] = [*(block.get("citations") or []), delta["citation"]]
    elif name := _JOINED.get(delta["type"]):
        block[name] = (block.get(name) or "") + delta[name]


def _tidy(block: Json) -> Json:
    """A call's input is an object at last."""
    text = block.pop("partial_json", None)
    if text:
        block["input"] = msgspec.json.decode(text)
    return block
