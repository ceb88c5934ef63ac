"""Routes that are made when somebody first asks for them, found by the literal beginning of their path.

A server has hundreds of routes and a person uses a few dozen; to make one, with its parameters and validators, takes
milliseconds and memory. See docs/decisions/044.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import cached_property
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.params import Depends
from fastapi.routing import APIRoute
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute, compile_path, get_name
from starlette.types import Receive, Scope, Send

_CONVERTOR = re.compile(r":\w+(?=})")


class LazyRoute(APIRoute):
    """A route of FastAPI that knows its path and methods, and becomes the rest when it is needed."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        # not the base's: what it does is what is put off
        self.path = path
        self.path_format = _CONVERTOR.sub("", path)
        self.endpoint = endpoint
        self.name = options.get("name") or get_name(endpoint)
        self.methods = {method.upper() for method in options.get("methods") or ("GET",)}
        self.include_in_schema = options.get("include_in_schema", True)
        self._options = options

    @cached_property
    def whole(self) -> APIRoute:
        """The route itself."""
        return APIRoute(self.path, self.endpoint, **self._options)

    @cached_property
    def _compiled(self) -> tuple[Any, str, dict[str, Any]]:
        return compile_path(self.path)

    def __getattr__(self, name: str) -> Any:
        if name == "path_regex":
            return self._compiled[0]
        if name == "param_convertors":
            return self._compiled[2]
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.whole, name)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child_scope = Route.matches(self, scope)
        if match != Match.NONE:
            child_scope["route"] = self
        return match, child_scope

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.whole.handle(scope, receive, send)


class Routes(APIRouter):
    """As FastAPI's router, of lazy routes; a router it includes gives its routes as they are."""

    def __init__(
        self, *, prefix: str = "", tags: list[str | Enum] | None = None, dependencies: Sequence[Depends] | None = None
    ) -> None:
        super().__init__(
            prefix=prefix,
            tags=tags,
            dependencies=dependencies,
            route_class=LazyRoute,
            generate_unique_id_function=_by_name,
        )

    def add_api_websocket_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        name: str | None = None,
        *,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        """Add a socket. Its endpoint is given the socket and nothing else: there is nothing to look at beforehand."""
        if dependencies or self.dependencies:
            raise TypeError("a socket has no dependencies")
        self.routes.append(WebSocketRoute(self.prefix + path, endpoint, name=name))

    def take(self, router: APIRouter) -> None:
        """Have the router's routes, too, after those that are here."""
        self.routes.extend(router.routes)


class RouteTable(BaseRoute):
    """All routes of the application behind one: looked up by the text before their first parameter, longest first.

    Among routes of the same text the first that matches takes the request.
    """

    def __init__(self) -> None:
        self.routes: list[BaseRoute] = []
        self._literal: dict[str, list[BaseRoute]] = {}
        self._begun: dict[str, list[BaseRoute]] = {}
        self._longest = 0

    def add(self, routes: Sequence[BaseRoute]) -> None:
        """Add the routes, which must have a path."""
        for route in routes:
            path: str = getattr(route, "path")  # noqa: B009  # BaseRoute does not say that it has one
            beginning, parameter, _ = path.partition("{")
            found = self._begun if parameter else self._literal
            found.setdefault(beginning, []).append(route)
            self._longest = max(self._longest, len(beginning))
            self.routes.append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        partial: Scope | None = None
        for route in self._candidates(get_route_path(scope)):
            match, child_scope = route.matches(scope)
            if match is Match.FULL:
                return match, {**child_scope, "route": route}
            if match is Match.PARTIAL and partial is None:
                partial = {**child_scope, "route": route}
        return (Match.PARTIAL, partial) if partial is not None else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        route: BaseRoute = scope["route"]
        await route.handle(scope, receive, send)

    def _candidates(self, path: str) -> Iterator[BaseRoute]:
        yield from self._literal.get(path, ())
        end = self._longest  # however long the path is
        while (end := path.rfind("/", 0, end)) >= 0:
            yield from self._begun.get(path[: end + 1], ())


def add_routes(app: FastAPI, *routers: APIRouter) -> None:
    """Add the routes of each router to the application's table."""
    table = next((route for route in app.router.routes if isinstance(route, RouteTable)), None)
    if table is None:
        table = RouteTable()
        app.router.routes.append(table)
    for router in routers:
        table.add(router.routes)


def all_routes(app: FastAPI) -> list[BaseRoute]:
    """Every route of the application, those of its table among them, in the order they were added."""
    found: list[BaseRoute] = []
    for route in app.router.routes:
        found += route.routes if isinstance(route, RouteTable) else [route]
    return found


def _by_name(route: APIRoute) -> str:
    return route.name
