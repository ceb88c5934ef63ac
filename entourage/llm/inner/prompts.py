"""From a request in any dialect to a message for the team."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from typing import Any, cast

import msgspec

from entourage.kit.errors import BadRequest
from entourage.kit.json import check_body
from entourage.llm.inner.team import File, Prompt, Turn
from entourage.llm.translate.errors import Dialect, Untranslatable
from entourage.llm.translate.neutral import Audio, Document, Image, Json, Message, Part, Request, Text, bare_id
from entourage.llm.translate.requests import read_request

MAX_DEPTH = 100
"""How deep a request to a model of the house may nest."""

_KNOWN_ITEMS = {"message", "function_call", "function_call_output", "reasoning"}
_STATE = ("previous_response_id", "conversation", "tools", "parallel_tool_calls", "store", "functions")


def read_prompt(body: bytes, dialect: Dialect, agent: str | None, session: str | None) -> Prompt:
    """The last thing said, and what was said before.

    The caller's own tools and system prompt are left aside: agents have theirs. What would promise more than agents
    keep (a forced tool, a schema) is refused. Raises BadRequest, Invalid.
    """
    check_body(body, MAX_DEPTH)
    request, previous = _read(body, dialect)
    if request.form is not None:
        raise _refused("response_format", "an agent's form is set by its output schema")
    turns = [_turn(message) for message in request.messages]
    last = request.messages[-1] if request.messages else None
    if last is None or last.role != "user":
        raise _refused("messages", "the last one must be the user's")
    files = tuple(_files(last))
    text = turns[-1].text
    if not text and not files:
        raise _refused("messages", "there is nothing in the last one")
    before = tuple(turn for turn in turns[:-1] if turn.text)
    return Prompt(agent=agent, text=text, before=before, files=files, session=session, previous=previous)


def _read(body: bytes, dialect: Dialect) -> tuple[Request, str | None]:
    try:
        fields: Json = msgspec.json.decode(body, type=dict[str, Any])
        choice = fields.pop("tool_choice", None)
        _check_choice(choice)
        previous = fields.get("previous_response_id")
        for name in _STATE:
            fields.pop(name, None)
        if isinstance(fields.get("input"), list):
            fields["input"] = [item for item in cast("list[Any]", fields["input"]) if _is_known(item)]
        request = read_request(msgspec.json.encode(fields), dialect)
    except Untranslatable as error:
        raise _refused(error.field, error.why) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from None
    return request, bare_id(previous) if isinstance(previous, str) and previous else None


def _check_choice(choice: object) -> None:
    kind = cast("Json", choice).get("type") if isinstance(choice, dict) else choice
    if kind not in {None, "auto", "none"}:
        raise Untranslatable("tool_choice", "agents call their own tools, as they see fit")


def _is_known(item: object) -> bool:
    """What we told of tools that ran may come back; it is in the conversation already."""
    return not isinstance(item, dict) or cast("Json", item).get("type", "message") in _KNOWN_ITEMS


def _refused(name: str, why: str) -> BadRequest:
    return BadRequest(f"{name}: {why}.", errors=[{"field": name, "message": why}])


def _turn(message: Message) -> Turn:
    return Turn(message.role, "\n\n".join(told for part in message.parts if (told := _told(part))))


def _told(part: Part) -> str:
    """Text as it is; what lies elsewhere by its address."""
    match part:
        case Text():
            return part.text.strip()
        case Image(url=str(url)) | Document(url=str(url)):
            return url
        case _:
            return ""


def _files(message: Message) -> list[File]:
    found: list[File] = []
    for part in message.parts:
        if isinstance(part, Image) and part.data is not None:
            ending = mimetypes.guess_extension(part.media_type) or ""
            found.append(File(f"image-{len(found) + 1}{ending}", part.media_type, _decoded(part.data)))
        elif isinstance(part, Audio):
            ending = mimetypes.guess_extension(part.media_type) or ""
            found.append(File(f"audio-{len(found) + 1}{ending}", part.media_type, _decoded(part.data)))
        elif isinstance(part, Document) and part.data is not None:
            found.append(File(part.name or "document.pdf", part.media_type, _decoded(part.data)))
        elif isinstance(part, Document) and part.text is not None:
            found.append(File(part.name or "document.txt", "text/plain", part.text.encode()))
    return found


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise _refused("messages", "the data of a file is not base64") from None
