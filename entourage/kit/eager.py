"""Coroutines that begin at once: a task is made of them only when they wait."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """What it gives. When the caller is cancelled meanwhile, it is carried out first, and the cancellation follows."""
    try:
        waited = coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    task = asyncio.ensure_future(_rest_of(coroutine, waited))
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.done():
                raise
            cancelled = error
        except BaseException:
            break
    if cancelled:
        raise cancelled
    return task.result()


async def _rest_of(coroutine: Coroutine[Any, Any, T], waited: Any) -> T:
    return await _going_on(coroutine, waited)


@types.coroutine
def _going_on(coroutine: Coroutine[Any, Any, T], waited: Any) -> Generator[Any, Any, T]:
    """As `yield from` does, from the first wait on."""
    while True:
        try:
            try:
                value = yield waited
            except BaseException as error:
                waited = coroutine.throw(error)
            else:
                waited = coroutine.send(value)
        except StopIteration as ended:
            return ended.value
