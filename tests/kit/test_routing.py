"""Routes that are made when they are asked for, and the table that finds them."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI, WebSocket
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from entourage.kit.http import install_problems
from entourage.kit.routing import LazyRoute, Routes, add_routes, all_routes

routes = Routes(prefix="/things", tags=["things"])
more = Routes()


@routes.get("")
async def all_things() -> str:
    """Every thing."""
    return "all"


@routes.get("/newest")
async def newest() -> str:
    return "newest"


@routes.get("/{name}")
async def one(name: str, times: int = 1) -> str:
    return name * times


@routes.put("/{name}", status_code=201)
async def put(name: str) -> str:
    return f"put {name}"


@routes.get("/{name}/parts/{path:path}")
async def part(name: str, path: str) -> str:
    return f"{name}: {path}"


@more.get("/{anything}/else")
async def anything_else(anything: str) -> str:
    return f"else {anything}"


@more.websocket("/things/{name}/socket")
async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.path_params["name"])
    await websocket.close()


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    install_problems(made)
    gathered = Routes()
    gathered.take(more)
    add_routes(made, routes)
    add_routes(made, gathered)
    return made


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/things", "all"),
        ("/things/newest", "newest"),
        ("/things/old?times=2", "oldold"),
        ("/things/a/parts/b/c", "a: b/c"),
        ("/things/else", "else"),
        ("/people/else", "else people"),
    ],
)
async def test_the_longest_beginning_takes_the_request(client: httpx.AsyncClient, path: str, answer: str) -> None:
    assert (await client.get(path)).json() == answer


async def test_one_path_may_have_routes_by_method(client: httpx.AsyncClient) -> None:
    answer = await client.put("/things/x")
    assert (answer.status_code, answer.json()) == (201, "put x")
    refused = await client.delete("/things/x")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, PUT")


@pytest.mark.parametrize("path", ["/", "/thing", "/things/a/b", "/x" + "//y" * 20_000, "/things" + "/x" * 9_999])
async def test_what_no_route_takes_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_parameter_is_checked_as_ever(client: httpx.AsyncClient) -> None:
    answer = await client.get("/things/x", params={"times": "many"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "times"


def test_sockets_are_found_too(app: FastAPI) -> None:
    with TestClient(app).websocket_connect("/things/x/socket") as connection:
        assert connection.receive_text() == "x"


async def test_a_route_is_made_by_its_first_request(app: FastAPI, client: httpx.AsyncClient) -> None:
    fresh = Routes()

    @fresh.get("/fresh/{name}")
    async def fresh_one(name: str) -> str:
        return name

    add_routes(app, fresh)
    (route,) = fresh.routes
    assert isinstance(route, LazyRoute)
    assert "whole" not in vars(route)
    await client.get("/fresh/x")
    assert "whole" in vars(route)


def test_the_document_has_every_route(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert set(paths) == {
        "/things", "/things/newest", "/things/{name}", "/things/{name}/parts/{path}", "/{anything}/else",
    }  # fmt: skip
    assert paths["/things"]["get"]["description"] == "Every thing."
    assert paths["/things"]["get"]["operationId"] == "all_things"
    assert paths["/things/{name}"]["put"]["tags"] == ["things"]
    assert sum(isinstance(route, APIRoute) for route in all_routes(app)) == 6
