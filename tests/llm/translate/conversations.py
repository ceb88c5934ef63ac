"""Conversations made up: requests in the neutral form, and what a model answers."""

import json
from typing import Any

from hypothesis import strategies as st

from entourage.llm.translate.neutral import (
    Call,
    Choice,
    Document,
    Form,
    Image,
    Message,
    Part,
    Reply,
    Request,
    Result,
    Seal,
    Spent,
    Spoken,
    Text,
    Thinking,
    Tool,
)

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=24
)
names = st.from_regex(r"[a-z][a-z_]{2,12}", fullmatch=True)
caches = st.sampled_from([None, None, {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}])
objects = st.dictionaries(
    names, st.one_of(words, st.integers(-9, 9), st.booleans(), st.none(), st.lists(words, max_size=2)), max_size=3
)
schemas = st.dictionaries(names, st.sampled_from([{"type": "string"}, {"type": "integer"}]), max_size=3).map(
    lambda fields: {"type": "object", "properties": fields, "required": sorted(fields)}
)
base64 = st.sampled_from(["aGVsbG8=", "iVBORw0KGgo=", "AAECAwQ="])
seals = st.from_regex(r"[A-Za-z0-9+/]{8,20}", fullmatch=True).map(lambda value: Seal("anthropic", value))
thoughts = st.one_of(
    st.builds(Thinking, words, seals),
    seals.map(lambda seal: Thinking(seal=seal, is_redacted=True)),
)
texts = st.builds(Text, words, caches)
images = st.one_of(
    st.builds(Image, url=st.just("https://example.org/cat.png"), cache=caches),
    st.builds(Image, data=base64, media_type=st.sampled_from(["image/png", "image/jpeg"]), cache=caches),
)
documents = st.builds(Document, name=st.just("plan.pdf"), data=base64, cache=caches)
shown = st.one_of(texts, images, documents)
limits = st.one_of(st.none(), st.integers(1, 4000))


@st.composite
def requests(draw: st.DrawFn, *, pictures_in_results: bool = True) -> Request:
    """A conversation in its usual order: turns of the user, answers with thoughts, text and parallel calls, results."""
    tools = draw(st.lists(st.builds(Tool, names, schemas, st.one_of(st.none(), words), cache=caches), max_size=3))
    messages: list[Message] = []
    for turn in range(draw(st.integers(1, 3))):
        _say(messages, draw(st.lists(shown, min_size=1, max_size=3)))
        if tools:
            _work(draw, messages, tools, turn, pictures_in_results)
        messages.append(Message("assistant", [draw(texts)]))
    _say(messages, [draw(texts)])
    modes = [None, Choice("auto"), Choice("required"), Choice("none"), *(Choice("tool", tool.name) for tool in tools)]
    return Request(
        system=draw(st.lists(texts, max_size=2)),
        messages=messages,
        tools=tools,
        choice=draw(st.sampled_from(modes)) if tools else None,
        max_tokens=draw(st.integers(1, 4000)),
        temperature=draw(st.sampled_from([None, 0.0, 0.5, 1.0])),
        top_p=draw(st.sampled_from([None, 0.9])),
        stop=[],
        stream=draw(st.booleans()),
        form=draw(st.one_of(st.none(), schemas.map(Form))),
        user=draw(st.one_of(st.none(), names)),
        cache=draw(caches),
    )


def _say(messages: list[Message], parts: list[Part]) -> None:
    """What a person says after results stands in their message."""
    if messages and messages[-1].role == "user":
        messages[-1].parts += parts
    else:
        messages.append(Message("user", parts))


def _work(draw: st.DrawFn, messages: list[Message], tools: list[Tool], turn: int, pictures: bool) -> None:
    thinking = draw(st.lists(thoughts, max_size=2))
    said = draw(st.lists(texts, max_size=1))
    calls = [
        Call(f"call_{turn}_{index}", draw(st.sampled_from(tools)).name, json.dumps(draw(objects)), draw(caches))
        for index in range(draw(st.integers(1, 3)))
    ]
    messages.append(Message("assistant", [*thinking, *said, *calls]))
    kinds = st.one_of(texts, images) if pictures else texts
    results: list[Part] = [
        Result(call.id, draw(st.lists(kinds, min_size=1, max_size=2)), cache=draw(caches)) for call in calls
    ]
    messages.append(Message("user", results))


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """What a model answers: thoughts, then text, then calls."""
    parts: list[Spoken] = [
        *draw(st.lists(thoughts, max_size=2)),
        *(Text(word) for word in draw(st.lists(words, max_size=1))),
    ]
    calls = draw(st.integers(0, 3))
    parts += [Call(f"call_{index}", draw(names), json.dumps(draw(objects))) for index in range(calls)]
    stop = "tools" if calls else draw(st.sampled_from(["end", "length", "refusal"]))
    cached, written = draw(st.integers(0, 50)), draw(st.integers(0, 50))
    reasoning = draw(st.integers(0, 50))
    spent = Spent(
        cached + written + draw(st.integers(1, 99)), reasoning + draw(st.integers(1, 99)), cached, written, reasoning
    )
    return Reply("0123abc", 1_760_000_000, parts, stop, None, spent)


def compared(value: Any) -> Any:
    """Calls' arguments as objects: their spacing is nobody's business."""
    match value:
        case dict():
            return {name: _arguments(item) if name == "arguments" else compared(item) for name, item in value.items()}
        case list():
            return [compared(item) for item in value]
        case _:
            return value


def _arguments(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) and text else text
