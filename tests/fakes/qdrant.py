"""A Qdrant server as far as we talk to it: real HTTP, answered by the keepers' in-memory engine.

Requests are read by the models of Qdrant's own API description, which refuse what they do not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Self

import msgspec
from pydantic import BaseModel, ValidationError
from qdrant_client import QdrantClient, models
from starlette.types import Receive, Scope, Send

from tests.fakes.running import BackgroundServer

_PATH = re.compile(r"/collections(?:/(?P<name>[^/]+)(?:/(?P<rest>.+))?)?")


class Refused(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


class FakeQdrant:
    """`requests` are what came: method, path with query, body. With `api_key` it wants to be told that one."""

    def __init__(self, *, api_key: str | None = None) -> None:
        self._api_key = api_key
        self._server = BackgroundServer(self)
        self.url = self._server.url
        self.requests: list[tuple[str, str, Any]] = []
        self.failing: int | None = None
        """The status of every answer from now on."""
        self._engine: QdrantClient

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.__exit__(*error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        status, answer = self._answered(scope, body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": msgspec.json.encode(answer)})

    def _answered(self, scope: Scope, body: bytes) -> tuple[int, Any]:
        query = scope["query_string"].decode()
        document = msgspec.json.decode(body) if body else None
        self.requests.append((scope["method"], scope["path"] + ("?" + query if query else ""), document))
        try:
            if self.failing:
                raise Refused(self.failing, "told to fail")
            if self._api_key and dict(scope["headers"]).get(b"api-key") != self._api_key.encode():
                raise Refused(401, "Must provide an API key or an Authorization bearer token")
            result = self._do(scope["method"], scope["path"], document)
        except Refused as error:
            return error.status, {"status": {"error": str(error)}, "time": 0.0}
        except ValidationError as error:
            return 400, {"status": {"error": f"Format error in JSON body: {error}"}, "time": 0.0}
        return 200, {"result": _plain(result), "status": "ok", "time": 0.0}

    def _do(self, method: str, path: str, body: Any) -> Any:
        match = _PATH.fullmatch(path)
        if match is None:
            raise Refused(404, f"no such path {path}")
        if not hasattr(self, "_engine"):
            self._engine = QdrantClient(":memory:")  # in the thread that uses it
        name, rest = match["name"], match["rest"]
        if name is None:
            return self._engine.get_collections()
        if rest == "exists":
            return {"exists": self._engine.collection_exists(name)}
        if (method, rest) == ("PUT", None):
            return self._create(name, models.CreateCollection(**body))
        if not self._engine.collection_exists(name):
            raise Refused(404, f"Not found: Collection `{name}` doesn't exist!")
        return self._doors()[method, rest](name, body)

    def _doors(self) -> dict[tuple[str, str | None], Callable[[str, Any], Any]]:
        engine = self._engine
        done = models.UpdateResult(operation_id=1, status=models.UpdateStatus.COMPLETED)
        return {
            ("GET", None): lambda name, _: engine.get_collection(name),
            ("DELETE", None): lambda name, _: engine.delete_collection(name),
            ("PUT", "index"): lambda _name, body: (models.CreateFieldIndex(**body), done)[1],
            ("PUT", "points"): self._upsert,
            ("POST", "points"): lambda name, body: _retrieve(engine, name, models.PointRequest(**body)),
            ("POST", "points/delete"): lambda name, body: engine.delete(name, _selector(body)),
            ("POST", "points/count"): lambda name, body: _count(engine, name, models.CountRequest(**body)),
            ("POST", "points/scroll"): lambda name, body: _scroll(engine, name, models.ScrollRequest(**body)),
            ("POST", "points/query/batch"): lambda name, body: engine.query_batch_points(
                name, models.QueryRequestBatch(**body).searches
            ),
        }

    def _create(self, name: str, asked: models.CreateCollection) -> bool:
        if self._engine.collection_exists(name):
            raise Refused(409, f"Wrong input: Collection `{name}` already exists!")
        return self._engine.create_collection(
            name, vectors_config=asked.vectors, sparse_vectors_config=asked.sparse_vectors
        )

    def _upsert(self, name: str, body: Any) -> models.UpdateResult:
        points = models.PointsList(**body).points
        params = self._engine.get_collection(name).config.params.vectors
        for point in points:
            expected, got = params["dense"].size, len(point.vector["dense"])
            if expected != got:
                raise Refused(400, f"Wrong input: Vector dimension error: expected dim: {expected}, got {got}")
        return self._engine.upsert(name, points)


def _selector(body: Any) -> Any:
    return models.FilterSelector(**body) if "filter" in body else models.PointIdsList(**body)


def _retrieve(engine: QdrantClient, name: str, asked: models.PointRequest) -> Any:
    return engine.retrieve(name, asked.ids, with_payload=asked.with_payload, with_vectors=asked.with_vector)


def _count(engine: QdrantClient, name: str, asked: models.CountRequest) -> Any:
    return engine.count(name, asked.filter, exact=bool(asked.exact))


def _scroll(engine: QdrantClient, name: str, asked: models.ScrollRequest) -> Any:
    points, following = engine.scroll(
        name,
        scroll_filter=asked.filter,
        limit=asked.limit or 10,
        offset=asked.offset,
        with_payload=asked.with_payload,
    )
    return {"points": _plain(points), "next_page_offset": following}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    return [_plain(each) for each in value] if isinstance(value, list) else value
