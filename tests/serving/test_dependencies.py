"""What routes need is found on the event loop: FastAPI calls whatever is not async in a thread, at each request."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from entourage.app import create_app
from entourage.kit.routing import LazyRoute, all_routes
from entourage.settings import Settings


def test_nothing_that_routes_need_is_called_in_a_thread(tmp_path: Path) -> None:
    routes = [one.whole for one in all_routes(create_app(Settings(data_dir=tmp_path))) if isinstance(one, LazyRoute)]
    called = {call for route in routes for call in _calls(route)}
    assert len(routes) > 100
    assert not [call for call in called if not _is_async(call)]


def _calls(route: APIRoute) -> Iterator[Any]:
    waiting: list[Dependant] = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        waiting += dependant.dependencies
        yield dependant.call


def _is_async(call: Any) -> bool:
    while hasattr(call, "func"):
        call = call.func
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004
