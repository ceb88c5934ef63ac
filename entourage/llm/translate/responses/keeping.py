"""Responses between stream and whole."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from entourage.llm.translate.chat.stream import told_error
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.neutral import Json


def replay(reply: Json) -> bytes:
    """The events of a response."""
    begun: Json = reply | {"status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    events: list[Json] = [{"type": f"response.{kind}", "response": begun} for kind in ("created", "in_progress")]
    for index, item in enumerate(reply["output"]):
        events += _item(index, item)
    events.append({"type": f"response.{reply.get('status') or 'completed'}", "response": reply})
    return b"".join(_encoded(event, number) for number, event in enumerate(events))


def _encoded(event: Json, number: int) -> bytes:
    data = msgspec.json.encode({"type": event["type"], "sequence_number": number} | event)
    return b"event: " + event["type"].encode() + b"\ndata: " + data + b"\n\n"


def _item(index: int, item: Json) -> Iterator[Json]:
    place = {"item_id": item.get("id"), "output_index": index}
    emptied: dict[str, Json] = {
        "message": {"content": []},
        "reasoning": {"summary": []},
        "function_call": {"arguments": ""},
    }
    opened: Json = item | emptied.get(item["type"], {})
    if "status" in item:
        opened["status"] = "in_progress"
    yield {"type": "response.output_item.added", "output_index": index, "item": opened}
    match item["type"]:
        case "message":
            for number, part in enumerate(item["content"]):
                yield from _part(place | {"content_index": number}, part)
        case "reasoning":
            for number, part in enumerate(item.get("summary") or []):
                yield from _summary(place | {"summary_index": number}, part)
        case "function_call":
            kind = "response.function_call_arguments"
            yield {"type": f"{kind}.delta", "delta": item["arguments"]} | place
            yield {"type": f"{kind}.done", "arguments": item["arguments"], "name": item["name"]} | place
        case _:
            pass
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _part(place: Json, part: Json) -> Iterator[Json]:
    field, kind = ("refusal", "response.refusal") if part["type"] == "refusal" else ("text", "response.output_text")
    more: Json = {} if field == "refusal" else {"logprobs": part.get("logprobs") or []}
    yield {"type": "response.content_part.added", "part": part | {field: ""}} | place
    yield {"type": f"{kind}.delta", "delta": part[field]} | more | place
    yield {"type": f"{kind}.done", field: part[field]} | more | place
    yield {"type": "response.content_part.done", "part": part} | place


def _summary(place: Json, part: Json) -> Iterator[Json]:
    yield {"type": "response.reasoning_summary_part.added", "part": part | {"text": ""}} | place
    yield {"type": "response.reasoning_summary_text.delta", "delta": part["text"]} | place
    yield {"type": "response.reasoning_summary_text.done", "text": part["text"]} | place
    yield {"type": "response.reasoning_summary_part.done", "part": part} | place


def whole(events: list[Json]) -> Json:
    """The response of a stream, which says it whole at its end. Raises StreamBroken when it does not."""
    for event in reversed(events):
        match event["type"]:
            case "response.completed" | "response.incomplete":
                return event["response"]
            case "response.failed":
                raise told_error(event["response"].get("error"))
            case "error":
                raise told_error(event.get("error") or event)
            case _:
                continue
    raise StreamBroken("The stream ended early.")
