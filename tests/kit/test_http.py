"""What stands around every route."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, UploadFile, WebSocket
from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from entourage.kit.body_guard import BodyGuard
from entourage.kit.errors import Conflict, TooMany, Unauthorized
from entourage.kit.http import guard_bodies, install_problems, problems, surround, wrong_method
from entourage.settings import Settings

LIMIT = 2000
UPLOAD_LIMIT = 5000


class Note(BaseModel):
    text: str
    secret: int = 0


def make_app(tmp_path: Path, **changes: Any) -> FastAPI:
    settings = Settings(
        data_dir=tmp_path, max_body_bytes=LIMIT, max_upload_bytes=UPLOAD_LIMIT, max_json_depth=8, **changes
    )
    app = FastAPI()
    install_problems(app)
    guard_bodies(app, settings)
    surround(app, settings)
    add_bodies(app)
    add_answers(app)
    add_sockets(app)
    return app


def add_bodies(app: FastAPI) -> None:
    @app.post("/notes", responses=problems())
    async def note(note: Note) -> dict[str, Any]:
        return {"length": len(note.text)}

    @app.post("/files", responses=problems())
    async def file(file: UploadFile) -> dict[str, Any]:
        return {"length": len(await file.read())}

    @app.post("/raw")
    async def other() -> None:
        return None

    @app.put("/raw")
    async def raw(request: Request) -> dict[str, Any]:
        return {"length": len(await request.body())}


def add_answers(app: FastAPI) -> None:
    @app.get("/conflict")
    async def conflict() -> None:
        raise Conflict("There is one already.", hint="Take that.")

    @app.get("/busy")
    async def busy() -> None:
        raise TooMany("Slowly.", retry_after_seconds=7)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    @app.get("/page")
    async def page() -> Response:
        return HTMLResponse("<p>hello</p>")

    @app.get("/framed")
    async def framed() -> Response:
        return HTMLResponse("x", headers={"Content-Security-Policy": "sandbox allow-scripts"})

    @app.get("/stream")
    async def stream() -> Response:
        async def lines() -> AsyncIterator[bytes]:
            yield b"one\n"
            yield b"two\n"

        return StreamingResponse(lines(), media_type="application/x-ndjson")


def add_sockets(app: FastAPI) -> None:
    @app.websocket("/echo")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text())

    @app.websocket("/closed")
    async def closed(websocket: WebSocket) -> None:
        await websocket.accept()
        raise Unauthorized("expired")


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path)


@pytest.fixture
def client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")


def assert_problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"/problems/{slug}"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document


async def test_a_problem_is_told_with_its_hint_and_headers(client: httpx.AsyncClient) -> None:
    assert assert_problem(await client.get("/conflict"), 409, "conflict")["hint"] == "Take that."
    busy = await client.get("/busy")
    assert_problem(busy, 429, "too-many-requests")
    assert busy.headers["retry-after"] == "7"


async def test_an_unknown_error_tells_only_an_id_that_the_log_knows(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/broken", headers={"X-Request-Id": "trace-12345"})
    document = assert_problem(answer, 500, "internal")
    assert "hunter2" not in answer.text
    assert "trace-12345" in document["hint"]
    assert "trace-12345" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_unknown_paths_and_methods(client: httpx.AsyncClient) -> None:
    assert_problem(await client.get("/nowhere"), 404, "not-found")
    answer = await client.delete("/raw")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST, PUT"


async def test_a_route_for_every_path_hides_no_method(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def page(request: Request) -> Response:
        raise wrong_method(request.scope)

    app.router.routes.append(Route("/{path:path}", page))
    assert_problem(await client.post("/nowhere"), 404, "not-found")
    assert_problem(await client.get("/nowhere"), 404, "not-found")
    for answer in (await client.get("/raw"), await client.delete("/raw")):
        assert_problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "POST, PUT"


async def test_a_wrong_field_is_named_and_its_value_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.post("/notes", json={"text": "x", "secret": "hunter2"})
    document = assert_problem(answer, 422, "invalid")
    assert [error["field"] for error in document["errors"]] == ["secret"]
    assert "hunter2" not in answer.text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "image/png"])
async def test_a_json_route_takes_only_json(client: httpx.AsyncClient, kind: str) -> None:
    answer = await client.post("/notes", content=b'{"text": "x"}', headers={"Content-Type": kind})
    assert_problem(answer, 415, "unsupported-media-type")


async def test_compressed_bodies_are_refused(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert_problem(await client.post("/notes", content=b"\x1f\x8b", headers=headers), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"text": "' + b"x" * LIMIT + b'"}', 413),
        (b'{"text": ' + b"[" * 9 + b"]" * 9 + b"}", 422),
        (b'{"text": "\\u0000"}', 422),
        (b'{"text": "\\ud800"}', 400),
        (b'{"text": "\xff"}', 400),
        (b'{"text": ', 400),
        (b"null", 422),
        (b"", 422),
    ],
)
async def test_bad_bodies(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await client.post("/notes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_chunked_body_is_counted(client: httpx.AsyncClient) -> None:
    async def chunks(count: int) -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(count):
            yield b"x" * 100
        yield b'"}'

    headers = {"Content-Type": "application/json"}
    small = await client.post("/notes", content=chunks(3), headers=headers)
    assert small.json() == {"length": 300}
    assert_problem(await client.post("/notes", content=chunks(30), headers=headers), 413, "too-large")


@pytest.mark.parametrize("declared", ["5", "4000", "-1", "1_0", "abc", "9" * 30])
async def test_a_lying_content_length(client: httpx.AsyncClient, declared: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": declared}
    answer = await client.post("/notes", content=b'{"text": "hello"}', headers=headers)
    assert answer.status_code in {400, 413}, answer.text


async def test_an_upload_has_a_limit_of_its_own(client: httpx.AsyncClient) -> None:
    answer = await client.post("/files", files={"file": ("a.bin", b"x" * 3000)})
    assert answer.json() == {"length": 3000}
    assert_problem(await client.post("/files", files={"file": ("a.bin", b"x" * 6000)}), 413, "too-large")
    assert_problem(await client.post("/files", files={"other": ("a.bin", b"x")}), 422, "invalid")


async def test_a_streamed_upload_over_the_limit_is_413_even_when_the_route_reads_it(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(100):
            yield b"x" * 100

    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    assert_problem(await client.put("/raw", content=endless(), headers={"Content-Type": "text/csv"}), 413, "too-large")
    assert_problem(await client.post("/files", content=endless(), headers=multipart), 413, "too-large")


@pytest.mark.parametrize("kind", ["application/json", "text/csv"])
async def test_a_body_that_does_not_come_is_408(app: FastAPI, kind: str) -> None:
    guard = BodyGuard(app, max_body_bytes=LIMIT, max_upload_bytes=LIMIT, max_json_depth=8, body_seconds=0.05)
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", kind.encode()), (b"content-length", b"10")]
    scope = {"type": "http", "method": "PUT", "path": "/raw", "headers": headers, "query_string": b""}
    await asyncio.wait_for(guard(scope, never, send), 5)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


async def test_security_headers_follow_the_kind_of_answer(client: httpx.AsyncClient) -> None:
    page, data, framed = [await client.get(path) for path in ("/page", "/conflict", "/framed")]
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert data.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert framed.headers["content-security-policy"] == "sandbox allow-scripts"
    for answer in (page, data, framed):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert float(answer.headers["x-process-time"]) >= 0


async def test_a_request_id_is_made_or_kept_when_it_is_plain(client: httpx.AsyncClient) -> None:
    assert (await client.get("/page", headers={"X-Request-Id": "abcdef-1"})).headers["x-request-id"] == "abcdef-1"
    made = (await client.get("/page", headers={"X-Request-Id": "a b\tc<script>"})).headers["x-request-id"]
    assert len(made) == 36


async def test_streams_pass(client: httpx.AsyncClient) -> None:
    assert (await client.get("/stream")).text == "one\ntwo\n"


def test_sockets_pass_and_a_problem_closes_them_with_a_code(app: FastAPI) -> None:
    with TestClient(app) as client:
        with client.websocket_connect("/echo") as socket:
            socket.send_text("hello")
            assert socket.receive_text() == "hello"
        with client.websocket_connect("/closed") as socket, pytest.raises(WebSocketDisconnect) as caught:
            socket.receive_text()
    assert caught.value.code == 4401


async def test_no_foreign_origin_unless_the_settings_say_so(tmp_path: Path, client: httpx.AsyncClient) -> None:
    origin = {"Origin": "https://app.example"}
    assert "access-control-allow-origin" not in (await client.get("/page", headers=origin)).headers
    app = make_app(tmp_path, cors_origins=["https://app.example"])
    friendly = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver")
    answer = await friendly.get("/conflict", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-origin" not in (await friendly.get("/page", headers={"Origin": "https://x"})).headers


def test_the_openapi_document_tells_problems(app: FastAPI) -> None:
    document = app.openapi()
    answers = document["paths"]["/notes"]["post"]["responses"]
    assert set(answers) >= {"200", "400", "408", "413", "415", "422", "429", "500"}
    assert answers["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert "Problem" in document["components"]["schemas"]
    assert JSONResponse(document).body
