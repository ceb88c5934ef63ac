"""The one form all dialects are read into and written from."""

from __future__ import annotations

from secrets import token_hex
from typing import Any, Literal, TypeAlias

import msgspec

Json: TypeAlias = dict[str, Any]

Role: TypeAlias = Literal["user", "assistant"]
StopReason: TypeAlias = Literal["end", "length", "tools", "sequence", "refusal"]
Effort: TypeAlias = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class Seal(msgspec.Struct, frozen=True):
    """What lets a provider take back its own reasoning: Anthropic's signature, OpenAI's encrypted content.

    A seal only opens at who made it, so it travels through the other dialects under its maker's name.
    """

    origin: Literal["anthropic", "openai"]
    value: str
    id: str | None = None


class Text(msgspec.Struct, tag="text"):
    """`is_refusal`: the model's words of refusal, which OpenAI keeps apart."""

    text: str
    cache: Json | None = None
    is_refusal: bool = False


class Image(msgspec.Struct, tag="image"):
    """By `url`, or as `data` (base64) of `media_type`."""

    url: str | None = None
    data: str | None = None
    media_type: str = ""
    detail: str | None = None
    cache: Json | None = None


class Document(msgspec.Struct, tag="document"):
    """By `url`, as `data` (base64) of `media_type`, or as plain `text`."""

    name: str | None = None
    url: str | None = None
    data: str | None = None
    media_type: str = "application/pdf"
    text: str | None = None
    cache: Json | None = None


class Audio(msgspec.Struct, tag="audio"):
    """Speech or sound: `data` (base64) of `media_type`."""

    data: str
    media_type: str = "audio/wav"
    cache: Json | None = None


class Thinking(msgspec.Struct, tag="thinking"):
    """Reasoning. `is_redacted`: there are no words to see, only the seal."""

    text: str = ""
    seal: Seal | None = None
    is_redacted: bool = False


class Call(msgspec.Struct, tag="call"):
    """A tool call; `arguments` is the text of a JSON object."""

    id: str
    name: str
    arguments: str
    cache: Json | None = None


Shown: TypeAlias = Text | Image | Document | Audio


class Result(msgspec.Struct, tag="result"):
    """What a tool gave back."""

    call_id: str
    parts: list[Shown]
    is_error: bool = False
    cache: Json | None = None


Part: TypeAlias = Text | Image | Document | Audio | Thinking | Call | Result


class Message(msgspec.Struct):
    """A turn. Results belong to the user's turns and come first in them."""

    role: Role
    parts: list[Part]


def joined(messages: list[Message]) -> list[Message]:
    """The same with neighbouring turns of the user made one, as some providers want it."""
    found: list[Message] = []
    for message in messages:
        if found and found[-1].role == message.role == "user":
            found[-1] = Message("user", [*found[-1].parts, *message.parts])
        else:
            found.append(message)
    return found


class Tool(msgspec.Struct):
    """A function the model may call; `schema` is the JSON schema of its arguments."""

    name: str
    schema: Json
    description: str | None = None
    strict: bool | None = None
    cache: Json | None = None


class Choice(msgspec.Struct):
    """Whether and what to call; `name` only for `tool`."""

    mode: Literal["auto", "none", "required", "tool"]
    name: str | None = None


class Form(msgspec.Struct):
    """The JSON schema an answer must meet."""

    schema: Json
    name: str = "answer"
    strict: bool | None = None
    description: str | None = None


class Request(msgspec.Struct):
    """A request to a model, whoever's dialect it came in."""

    system: list[Text]
    messages: list[Message]
    tools: list[Tool] = []
    choice: Choice | None = None
    is_parallel: bool | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: list[str] = []
    stream: bool = False
    form: Form | None = None
    effort: Effort | None = None
    user: str | None = None
    cache: Json | None = None


class Spent(msgspec.Struct):
    """Tokens of a call; `input` includes `cached` and `cache_write`, `output` includes `reasoning`."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0

    def raise_to(self, other: Spent) -> None:
        """The larger of each figure: a stream tells some of them twice, and they only grow."""
        self.input = max(self.input, other.input)
        self.output = max(self.output, other.output)
        self.cached = max(self.cached, other.cached)
        self.cache_write = max(self.cache_write, other.cache_write)
        self.reasoning = max(self.reasoning, other.reasoning)


class Ran(msgspec.Struct, tag="ran"):
    """A tool call that the answering side made itself; with neither `output` nor `error` it goes on."""

    id: str
    name: str
    arguments: str
    output: str | None = None
    error: str | None = None


Spoken: TypeAlias = Text | Thinking | Call | Ran


class Reply(msgspec.Struct):
    """A whole answer. `id` is bare, without any dialect's prefix; `created` is in seconds."""

    id: str
    created: int
    parts: list[Spoken]
    stop: StopReason = "end"
    stop_sequence: str | None = None
    spent: Spent = msgspec.field(default_factory=Spent)


_PREFIXES = ("chatcmpl-", "resp_", "msg_")


def bare_id(given: str) -> str:
    """An answer's id without the prefix of its dialect; a new one for servers that give none."""
    return next((given[len(prefix) :] for prefix in _PREFIXES if given.startswith(prefix)), given) or token_hex(12)


def split_data_url(url: str) -> tuple[str, str] | None:
    """Media type and base64 of a data URL; None for any other URL."""
    if not url.startswith("data:"):
        return None
    head, comma, data = url[5:].partition(",")
    if not comma or not head.endswith(";base64"):
        return None
    return head[: -len(";base64")].partition(";")[0], data


_SOUNDS = {"mp3": "audio/mpeg", "wav": "audio/wav"}


def audio_type(format: str) -> str:
    """The media type of what OpenAI calls `mp3` or `wav`."""
    return _SOUNDS.get(format, f"audio/{format}")


def audio_format(media_type: str) -> str:
    """The reverse of `audio_type`; some call the same things by other names."""
    name = media_type.partition("/")[2].removeprefix("x-")
    return {"mpeg": "mp3", "wave": "wav", "vnd.wave": "wav"}.get(name, name)


def data_url(media_type: str, data: str) -> str:
    """The reverse of `split_data_url`."""
    return f"data:{media_type};base64,{data}"
