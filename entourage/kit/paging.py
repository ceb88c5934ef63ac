"""Keyset paging: a cursor is the sort key of the last row shown."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Query

from entourage.kit.errors import Invalid
from entourage.kit.schema import Schema

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")

MAX_LIMIT = 200
_MAX_CURSOR = 512

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Rows a page.")]
Cursor = Annotated[str | None, Query(max_length=_MAX_CURSOR, description="`next_cursor` of the page before.")]


class Page(Schema, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(key: Sequence[int | str]) -> str:
    """The opaque form of a sort key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).rstrip(b"=").decode()


def decode_cursor(cursor: str, kind: type[K]) -> K:
    """The sort key behind `cursor`, e.g. `decode_cursor(text, tuple[int, str])`. Raises Invalid."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, msgspec.MsgspecError, ValueError):
        raise Invalid(
            "The cursor is not one of ours.", errors=[{"field": "cursor", "message": "unknown cursor"}]
        ) from None


def page_of(
    rows: Sequence[R], limit: int, key: Callable[[R], Sequence[int | str]], show: Callable[[R], T]
) -> dict[str, Any]:
    """Turn `limit + 1` rows into a page: the extra row only tells that there is more."""
    shown = rows[:limit]
    cursor = encode_cursor(key(shown[-1])) if len(rows) > limit and shown else None
    return {"items": [show(row) for row in shown], "next_cursor": cursor}
