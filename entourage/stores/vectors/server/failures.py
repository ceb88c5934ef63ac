"""What goes wrong with a Qdrant server, in our own words."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

from entourage.kit.errors import Invalid, NotFound, Problem, Unavailable

_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_MALFORMED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


@asynccontextmanager
async def told(where: str) -> AsyncGenerator[None]:
    """Raise Problems for what the client raises: NotFound without the collection, Invalid for what the server does not
    take, else Unavailable."""
    from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    try:
        yield
    except UnexpectedResponse as error:
        raise _problem(where, error.status_code or 0, str(error.content[:300], errors="replace")) from error
    except ResourceExhaustedResponse as error:
        raise Unavailable(f"The Qdrant server at {where} has too much to do: {error}") from error
    except ResponseHandlingException as error:
        why = f"{type(error.source).__name__} {error.source}".strip()
        raise Unavailable(f"The Qdrant server at {where} does not answer: {why}") from error


def _problem(where: str, status: int, content: str) -> Problem:
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(f"The Qdrant server at {where} has no such collection")
    if status in _REFUSED:
        hint = "Put the key into ENTOURAGE_VECTORS_URL: http://host:6333?api_key=..."
        return Unavailable(f"The Qdrant server at {where} wants another API key", hint=hint)
    if status in _MALFORMED:
        return Invalid(f"The Qdrant server at {where} does not take this: {content}")
    return Unavailable(f"The Qdrant server at {where} failed with status {status}: {content}")
