"""The gateway's doors as the OpenAPI document shows them. `GatewayDoors` answers them before any route is asked."""

from __future__ import annotations

from typing import Any, NoReturn

from fastapi import Depends

from entourage.accounts.identity import require_scope
from entourage.kit.routing import Routes

router = Routes(tags=["gateway"], dependencies=[Depends(require_scope("write"))])

_ERRORS = {
    400: "The request is wrong.",
    401: "The key is unknown, expired or revoked.",
    402: "A budget is spent.",
    403: "The key may not call this model.",
    404: "There is no such model, or its provider has no such door.",
    408: "The request came too slowly, or the provider timed out.",
    413: "The body is too large.",
    415: "The body is compressed.",
    429: "The limit of the key, or of the provider, is reached.",
    500: "The server, or the provider, failed.",
    502: "No provider answered.",
    503: "The providers are overloaded, or failed too often.",
    504: "No provider answered in time.",
    529: "The provider is overloaded.",
}
_ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type"],
            "properties": {"message": {"type": "string"}, "type": {"type": "string"}},
        }
    },
}
_OBJECT: dict[str, Any] = {"type": "object"}
_TURNS: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
_HELLO = [{"role": "user", "content": "hello"}]

JSON, EVENTS, ANY = "application/json", "text/event-stream", "application/octet-stream"
FORM = "multipart/form-data"


def _responses(*kinds: str) -> dict[int | str, dict[str, Any]]:
    anything: dict[str, Any] = {}
    content = {kind: {"schema": _OBJECT if kind == JSON else anything} for kind in kinds}
    errors = {
        status: {"description": told, "content": {JSON: {"schema": _ERROR_SCHEMA}}} for status, told in _ERRORS.items()
    }
    return {200: {"description": "The provider's own answer.", "content": content}, **errors}


def _takes(example: dict[str, Any], kind: str = JSON, **properties: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "description": "As the dialect documents it; everything goes on to the provider.",
        "required": ["model", *properties],
        "properties": {"model": {"type": "string", "minLength": 1}, "stream": {"type": "boolean"}, **properties},
        "example": example,
    }
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


async def _outside() -> NoReturn:
    raise LookupError("GatewayDoors answers this path")


@router.post(
    "/v1/chat/completions",
    name="chat_completions",
    openapi_extra=_takes({"model": "offline", "messages": _HELLO}, messages=_TURNS),
    responses=_responses(JSON, EVENTS),
)
async def post_chat() -> Any:
    """OpenAI's chat completions, by an alias, a provider's model, `team`, `@agent` or `offline`."""
    await _outside()


@router.post(
    "/v1/responses",
    name="responses",
    openapi_extra=_takes({"model": "offline", "input": "hello"}, input={}),
    responses=_responses(JSON, EVENTS),
)
async def post_responses() -> Any:
    """OpenAI's Responses."""
    await _outside()


@router.post(
    "/v1/messages",
    name="messages",
    openapi_extra=_takes({"model": "offline", "max_tokens": 100, "messages": _HELLO}, messages=_TURNS),
    responses=_responses(JSON, EVENTS),
)
async def post_messages() -> Any:
    """Anthropic's messages."""
    await _outside()


@router.post(
    "/v1/messages/count_tokens",
    name="count_message_tokens",
    openapi_extra=_takes({"model": "offline", "messages": _HELLO}, messages=_TURNS),
    responses=_responses(JSON),
)
async def post_count_tokens() -> Any:
    """How many tokens a request has, by the provider where it can tell, else by our own count. It costs nothing."""
    await _outside()


@router.post(
    "/v1/embeddings",
    name="embeddings",
    openapi_extra=_takes({"model": "openai/text-embedding-3-small", "input": "hello"}, input={}),
    responses=_responses(JSON),
)
async def post_embeddings() -> Any:
    """Vectors of texts."""
    await _outside()


@router.post(
    "/v1/audio/speech",
    name="speech",
    openapi_extra=_takes({"model": "openai/tts-1", "input": "hello", "voice": "alloy"}, input={"type": "string"}),
    responses=_responses(JSON, EVENTS, ANY),
)
async def post_speech() -> Any:
    """Speech of a text, as it is made."""
    await _outside()


@router.post(
    "/v1/audio/transcriptions",
    name="transcriptions",
    openapi_extra=_takes(
        {"model": "openai/whisper-1"}, "multipart/form-data", file={"type": "string", "format": "binary"}
    ),
    responses=_responses(JSON, EVENTS, "text/plain"),
)
async def post_transcriptions() -> Any:
    """The words of a recording."""
    await _outside()


@router.post(
    "/v1/images/generations",
    name="images",
    openapi_extra=_takes({"model": "openai/gpt-image-1", "prompt": "a cat"}, prompt={"type": "string"}),
    responses=_responses(JSON, EVENTS),
)
async def post_images() -> Any:
    """Pictures of a description."""
    await _outside()


@router.get("/v1/models", name="list_gateway_models", responses=_responses(JSON))
async def get_models() -> Any:
    """Every name one may ask for; in Anthropic's form when the request names its version."""
    await _outside()


@router.get("/v1/models/{model}", name="get_gateway_model", responses=_responses(JSON))
async def get_model(model: str) -> Any:
    """One of them; the name may hold a slash."""
    del model
    await _outside()
