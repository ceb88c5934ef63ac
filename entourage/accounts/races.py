"""Two transactions that make the same row: the one that comes second finds it and goes on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

T = TypeVar("T")


async def with_second_try(work: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction that looks for a row and makes it when it is missing; once more when somebody was faster."""
    try:
        return await work()
    except IntegrityError:
        return await work()
