"""generate_image and speak: asked of the person's own providers through the AI gateway, without leaving the process."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
from pydantic import Field

from entourage.kit.errors import Unavailable, Upstream
from entourage.kit.exchange import Header
from entourage.kit.schema import Schema
from entourage.llm.inside.calling import call_inside
from entourage.llm.inside.exchange import InsideExchange
from entourage.llm.inside.spending import Spending
from entourage.llm.money.call import Spender
from entourage.tools.tool import Tool, ToolCall, ToolResult, tool_of

if TYPE_CHECKING:
    from entourage.llm.catalogue import Offer
    from entourage.llm.doors.core import Core

MAX_MEDIA_BYTES = 16 * 1024 * 1024
MEDIA_SECONDS = 180
_IMAGE_MODELS = re.compile(r"image|dall-e|flux|stable-diffusion|imagen|sdxl", re.IGNORECASE)
_SPEECH_MODELS = re.compile(r"tts|speech|voice", re.IGNORECASE)
_JSON: Header = (b"content-type", b"application/json")
_FIRST_ERROR = 400

_MODEL = Field(None, max_length=300, description="A model of yours; default the first that can do it.")


class GenerateImage(Schema):
    """Make a picture of a description; the user sees it."""

    prompt: str = Field(min_length=1, max_length=4_000)
    size: Literal["1024x1024", "1536x1024", "1024x1536", "auto"] | None = None
    model: str | None = _MODEL


class Speak(Schema):
    """Turn a text into speech that the user can listen to."""

    text: str = Field(min_length=1, max_length=4_000)
    voice: str = Field("alloy", min_length=1, max_length=64)
    format: Literal["mp3", "wav", "opus", "aac", "flac"] = "mp3"
    model: str | None = _MODEL


class _MediaTools:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def image(self, call: ToolCall, args: GenerateImage) -> ToolResult:
        model = args.model or await self._model(call, "image", _IMAGE_MODELS)
        body = {"model": model, "prompt": args.prompt, "n": 1, **({"size": args.size} if args.size else {})}
        answer = await self._ask(call, model, "images/generations", body)
        picture = _picture(answer)
        if "url" in picture:
            return ToolResult(f"The picture is at {picture['url']}", content=(_link(picture["url"]),))
        return ToolResult(f"A picture by {model}.", content=(_block("image", picture["b64_json"], "image/png"),))

    async def speak(self, call: ToolCall, args: Speak) -> ToolResult:
        model = args.model or await self._model(call, "speech", _SPEECH_MODELS)
        body = {"model": model, "input": args.text, "voice": args.voice, "response_format": args.format}
        answer = await self._ask(call, model, "audio/speech", body)
        sound = base64.b64encode(answer).decode()
        text = f"Speech by {model}, {len(answer)} bytes of {args.format}."
        return ToolResult(text, content=(_block("audio", sound, f"audio/{args.format}"),))

    async def _model(self, call: ToolCall, alias: str, known: re.Pattern[str]) -> str:
        """The person's alias `image` or `speech`, else the first listed model of that kind. Raises Unavailable."""
        offer: Offer = await self._core.offer(call.owner_id)
        if alias in offer.aliases:
            return alias
        for target in offer.providers.values():
            for model in target.models:
                if known.search(model):
                    return f"{target.name}/{model}"
        raise Unavailable(
            f"None of your providers lists a model for {alias}.",
            hint=f"Connect one that has it, or make an alias named {alias!r}.",
        )

    async def _ask(self, call: ToolCall, model: str, path: str, body: dict[str, Any]) -> bytes:
        """A good answer, whole. Raises Problem."""
        exchange = InsideExchange(f"/v1/{path}", [_JSON], msgspec.json.encode(body))
        task = call_inside(self._core, exchange, _spending(call), model)
        try:
            status, _headers = await exchange.head()
            data = bytearray()
            async for piece in exchange.pieces():
                data += piece
                if len(data) > 2 * MAX_MEDIA_BYTES:
                    raise Upstream(f"{model} answered with more than {2 * MAX_MEDIA_BYTES} bytes.")
        finally:
            exchange.leave()
            await asyncio.wait([task])  # it is paid for by then
        if status >= _FIRST_ERROR:
            raise Upstream(f"{model} refused: {bytes(data[:500]).decode(errors='replace')}")
        return bytes(data)


def _spending(call: ToolCall) -> Spending:
    """In the run's name, but with an event of its own: the run accounts for its conversation's calls only."""
    session = call.chat_id or call.caller.session_id or None
    return Spending(Spender(call.owner_id, agent=call.agent or None, session_id=session, run_id=call.run_id or None))


def _picture(body: bytes) -> dict[str, str]:
    try:
        first = cast("dict[str, Any]", msgspec.json.decode(body))["data"][0]
        found = {name: first[name] for name in ("b64_json", "url") if isinstance(first.get(name), str)}
    except (msgspec.DecodeError, KeyError, IndexError, TypeError, AttributeError):
        found = {}
    if not found:
        raise Upstream("The answer holds no picture.")
    return found


def _block(kind: str, data: str, mime: str) -> dict[str, Any]:
    return {"type": kind, "data": data, "mimeType": mime}


def _link(url: str) -> dict[str, Any]:
    return {"type": "resource_link", "uri": url, "name": "picture"}


def media_tools(core: Core) -> list[Tool]:
    """Both; they cost what the provider charges, so they ask unless an agent was granted them."""
    tools = _MediaTools(core)
    options: dict[str, Any] = {"open_world": True, "default_grant": "ask", "timeout_seconds": MEDIA_SECONDS}
    return [
        tool_of("generate_image", GenerateImage, tools.image, **options),
        tool_of("speak", Speak, tools.speak, **options),
    ]
