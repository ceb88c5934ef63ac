"""Chat completions between stream and whole."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from entourage.llm.translate.chat.stream import told_error
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.neutral import Json

_NEVER_JOINED = {"role", "id", "type", "name", "format", "signature", "index"}


def replay(reply: Json, *, include_usage: bool) -> bytes:
    """The chunks of a completion."""
    usage = reply.get("usage")
    head = {name: value for name, value in reply.items() if name not in {"choices", "usage"}}
    head |= {"object": "chat.completion.chunk"} | ({"usage": None} if include_usage else {})
    chunks: list[Json] = []
    for choice in reply["choices"]:
        chunks += [head | {"choices": [_choice(choice, delta, None)]} for delta in _deltas(choice["message"])]
        chunks[-1]["choices"][0]["logprobs"] = choice.get("logprobs")
    chunks += [head | {"choices": [_choice(choice, {}, choice.get("finish_reason"))]} for choice in reply["choices"]]
    if include_usage and usage is not None:
        chunks.append(head | {"choices": [], "usage": usage})
    return b"".join(b"data: " + msgspec.json.encode(chunk) + b"\n\n" for chunk in chunks) + b"data: [DONE]\n\n"


def _choice(choice: Json, delta: Json, finish: str | None) -> Json:
    return {"index": choice.get("index", 0), "delta": delta, "logprobs": None, "finish_reason": finish}


def _deltas(message: Json) -> list[Json]:
    """The role, then reasoning, then the rest, then the calls."""
    rest = {name: value for name, value in message.items() if value is not None and name not in {"role", "tool_calls"}}
    reasoning = _thoughts({name: rest.pop(name) for name in list(rest) if name.startswith("reasoning")})
    calls = [{"index": index} | call for index, call in enumerate(message.get("tool_calls") or [])]
    said: list[Json] = [*reasoning, rest, {"tool_calls": calls} if calls else {}]
    return [{"role": "assistant", "content": ""}, *(delta for delta in said if delta)]


def _thoughts(reasoning: Json) -> list[Json]:
    """Each thought's words before its seal, where the seals are told apart."""
    details: list[Json] = reasoning.get("reasoning_details") or []
    words = [str(entry.get("text") or entry.get("summary") or "") for entry in details]
    if "".join(words) != reasoning.get("reasoning_content", ""):
        return [reasoning]
    return [
        delta
        for entry, text in zip(details, words, strict=True)
        for delta in ({"reasoning_content": text} if text else {}, {"reasoning_details": [entry]})
    ]


def whole(chunks: list[Json]) -> Json:
    """The completion of a stream. Raises StreamBroken when a choice never ended."""
    choices: dict[int, Json] = {}
    head: Json = {}
    for chunk in chunks:
        if chunk.get("error") is not None:
            raise told_error(chunk["error"])
        head |= {name: value for name, value in chunk.items() if name != "choices" and value is not None}
        given: list[Json] = chunk.get("choices") or []
        for choice in given:
            _take(choices.setdefault(choice.get("index", 0), _empty(choice)), choice)
    if not choices or any(choice["finish_reason"] is None for choice in choices.values()):
        raise StreamBroken("The stream ended early.")
    head.pop("obfuscation", None)
    return head | {"object": "chat.completion", "choices": [_tidy(choices[index]) for index in sorted(choices)]}


def _empty(choice: Json) -> Json:
    message = {"role": "assistant", "content": None, "refusal": None}
    return {"index": choice.get("index", 0), "message": message, "logprobs": None, "finish_reason": None}


def _take(kept: Json, choice: Json) -> None:
    delta: Json = choice.get("delta") or {}
    _join(kept["message"], delta)
    if choice.get("logprobs"):
        probabilities: Json = kept["logprobs"] or {}
        _join(probabilities, choice["logprobs"])
        kept["logprobs"] = probabilities
    kept["finish_reason"] = choice.get("finish_reason") or kept["finish_reason"]


def _join(kept: Json, delta: Json) -> None:
    """Texts go on, lists grow (their entries with an `index` go on too), the rest is said once."""
    value: Any
    for name, value in delta.items():
        before: Any = kept.get(name)
        if value is None:
            kept.setdefault(name, None)
        elif isinstance(value, str) and isinstance(before, str) and name not in _NEVER_JOINED:
            kept[name] = before + value
        elif isinstance(value, list):
            kept[name] = _joined(cast("list[Any]", before or []), cast("list[Any]", value))
        elif isinstance(value, dict) and isinstance(before, dict):
            _join(cast("Json", before), cast("Json", value))
        else:
            kept[name] = value


def _joined(kept: list[Any], more: list[Any]) -> list[Any]:
    for entry in more:
        same = next((one for one in kept if _is_same(one, entry)), None)
        if same is None:
            kept.append(entry)
        else:
            _join(same, entry)
    return kept


def _is_same(one: Any, other: Any) -> bool:
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return False
    kept, more = cast("Json", one), cast("Json", other)
    is_indexed = "index" in kept and kept["index"] == more.get("index")
    return is_indexed and more.get("type") in {None, kept.get("type")}


def _tidy(choice: Json) -> Json:
    """A message's calls have no index, and an answer of calls alone has no text."""
    message = choice["message"]
    message["content"] = message["content"] or None
    calls: list[Json] = message.get("tool_calls") or []
    for call in calls:
        call.pop("index", None)
    return choice
