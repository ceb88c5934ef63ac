"""Bodies nobody means well with: each is refused by a problem document that names what is wrong and the way out."""

from __future__ import annotations

from typing import Any

from entourage.llm.doors.specs import SPECS
from tests.e2e.test_isolation import make_everything, operations
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World

JSON_TYPE = {"Content-Type": "application/json"}
DEEP = b'{"a":' * 500 + b"1" + b"}" * 500

BODIES: dict[str, tuple[bytes, dict[str, str], set[int]]] = {
    "too large": (b'{"a":"' + b"x" * 1_100_000 + b'"}', JSON_TYPE, {413}),
    "too deep": (DEEP, JSON_TYPE, {400, 422}),
    "not UTF-8": (b'{"title":"\xff\xfe"}', JSON_TYPE, {400, 422}),
    "a NUL": (b'{"title":"a\\u0000b"}', JSON_TYPE, {400, 422}),
    "a lone surrogate": (b'{"title":"a\\ud800b"}', JSON_TYPE, {400, 422}),
    "cut short": (b'{"title":', JSON_TYPE, {400, 422}),
    "not an object": (b"[1, 2]", JSON_TYPE, {400, 422}),
    "a number past every limit": (b'{"title": 1e99999}', JSON_TYPE, {400, 422}),
    "another type": (b"title=x", {"Content-Type": "application/x-www-form-urlencoded"}, {415, 422}),
    "no type": (b'{"title":"x"}', {}, {415, 422}),
    "XML": (b"<a/>", {"Content-Type": "application/xml"}, {415, 422}),
}
"""By what is wrong: the body, its headers, and the statuses that fit."""


DIALECT_PATHS = {f"/v1/{spec.path}" for spec in SPECS}
"""Doors of the AI gateway: they refuse in the words of the client's dialect."""

TAKEN_BY_OTLP = {"too large", "a NUL", "a lone surrogate"}
"""Exporters send up to 8 MB at once, and what no text may hold is mended there rather than lost."""


def writing(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Operations that take JSON."""
    return [
        (method, path)
        for method, path in operations(document)
        if "application/json" in document["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
    ]


async def test_every_writing_route_refuses_them(small_world: World, fake_llm: FakeLLM) -> None:
    anna = await small_world.person("anna", is_admin=True)
    mine = await make_everything(anna, fake_llm)
    document = (await anna.client.get("/openapi.json")).json()
    found = writing(document)
    assert len(found) > 15
    wrong = [
        f"{method} {path}, {what}: {told}"
        for method, path in found
        for what in BODIES
        if not (path.startswith("/v1/") and what in TAKEN_BY_OTLP)
        and (told := await _told_wrongly(anna, method, mine.path(path), what))
    ]
    assert wrong == []


async def _told_wrongly(person: Person, method: str, path: str, what: str) -> str | None:
    body, headers, statuses = BODIES[what]
    answer = await person.client.request(method, path, content=body, headers=headers)
    if path.startswith("/mcp"):  # refuses in JSON-RPC, and takes what is not too large for a message
        told = answer.status_code in {400, 415} and answer.json()["error"]["message"]
        return None if told else f"{answer.status_code} {answer.text[:200]}"
    if path in DIALECT_PATHS:
        told = answer.status_code == 400 and answer.json()["error"]["message"]
        return None if told else f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code not in statuses:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.headers["content-type"] != "application/problem+json":
        return answer.headers["content-type"]
    problem = answer.json()
    if not problem["detail"] or problem["status"] != answer.status_code:
        return f"says {problem}"
    return None


async def test_uploads_and_contents_are_bounded(small_world: World, fake_llm: FakeLLM) -> None:
    anna = await small_world.person("anna")
    mine = await make_everything(anna, fake_llm)
    content = f"/my/artifacts/{mine.ids['artifact_id']}/content"
    large = await anna.client.put(
        content, content=b"x" * (17 * 1_048_576), headers={"Content-Type": "application/octet-stream"}
    )
    assert large.status_code == 413
    assert large.headers["content-type"] == "application/problem+json"
    attachments = f"/my/chat/{mine.ids['chat_id']}/attachments"
    for files in ({"file": ("", b"x")}, {"other": ("a.txt", b"x")}, {"file": ("...", b"x")}):
        refused = await anna.client.post(attachments, files=files)
        assert refused.status_code == 422, files
        assert refused.json()["errors"][0]["field"] == "file"
    no_boundary = await anna.client.post(attachments, content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert no_boundary.status_code in (400, 422)


async def test_a_full_quota_loses_nothing(small_own_world: World, fake_llm: FakeLLM) -> None:
    anna = await small_own_world.person("anna")
    mine = await make_everything(anna, fake_llm)
    from entourage.artifacts.service import Artifacts
    from entourage.chats.attachments import Attachments

    small_own_world.services.get(Attachments)._quota_bytes = 10
    small_own_world.services.get(Artifacts)._quota_bytes = 10
    upload = await anna.client.post(
        f"/my/chat/{mine.ids['chat_id']}/attachments", files={"file": ("a.txt", b"x" * 100, "text/plain")}
    )
    content = f"/my/artifacts/{mine.ids['artifact_id']}/content"
    before = (await anna.client.get(content)).content
    change = await anna.client.put(content, content=b"new", headers={"Content-Type": "application/octet-stream"})
    for refused in (upload, change):
        assert refused.status_code == 507
        assert "Delete" in refused.json()["hint"]
    assert (await anna.client.get(content)).content == before


async def test_a_refusal_names_the_field_and_never_echoes_a_secret(small_world: World) -> None:
    anna = await small_world.person("anna")
    secret = "sk-very-secret-value"
    body = {"name": "x" * 500, "type": "nonsense", "api_key": secret, "unknown": secret}
    refused = await anna.client.post("/api/v1/providers", json=body)
    assert refused.status_code == 422
    fields = {error["field"] for error in refused.json()["errors"]}
    assert {"name", "type"} <= fields
    assert secret not in refused.text
    for path, params in (
        ("/my/chat", {"limit": 1000}),
        ("/my/chat", {"cursor": "@@"}),
        ("/my/runs", {"session_id": "1"}),
    ):
        wrong = await anna.client.get(path, params=params)
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["field"] == next(iter(params))
