"""Live content is shown at another origin than the application, with a policy that reaches nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from starlette.datastructures import Headers

from entourage.artifacts.origin import ContentOrigin
from entourage.settings import Settings
from tests.artifacts.making import made
from tests.world import Person, World, open_world

FRAMED = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}


@pytest.fixture
async def anna(small_world: World) -> Person:
    return await small_world.person("anna")


@pytest.fixture
async def stranger(small_world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=small_world.url) as client:
        yield client


async def test_the_applications_own_origin_shows_no_live_content(anna: Person, stranger: httpx.AsyncClient) -> None:
    page = await made(anna, "<h1>hi</h1>", type="web")
    sent = await stranger.get(page["content_url"], headers=FRAMED)
    assert sent.status_code == 307
    port = stranger.base_url.port
    assert sent.headers["location"] == f"http://localhost:{port}{page['content_url']}"
    shown = await stranger.get(sent.headers["location"], headers={**FRAMED, "Sec-Fetch-Site": "cross-site"})
    assert shown.content == b"<h1>hi</h1>"
    csp = shown.headers["content-security-policy"]
    assert "sandbox allow-scripts;" in csp
    assert "connect-src 'none'" in csp
    assert f"http://127.0.0.1:{port}" in csp.rpartition("frame-ancestors ")[2].split()
    assert "unsafe-eval" not in csp


async def test_a_page_by_itself_is_a_download(anna: Person, stranger: httpx.AsyncClient) -> None:
    page = await made(anna, "<h1>hi</h1>", type="web", title="Page")
    alone = {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}
    assert (await stranger.get(page["content_url"], headers=alone)).headers["content-disposition"].startswith("attach")


async def test_a_script_gets_a_page_that_it_cannot_leave(anna: Person, stranger: httpx.AsyncClient) -> None:
    script = "document.body.append('</script><script>alert(1)')"
    artifact = await made(anna, script, type="interactive", format="text/javascript")
    shown = await stranger.get(artifact["content_url"])
    assert shown.headers["content-type"].startswith("text/html")
    assert shown.text.count("</script") == 1
    assert '<div id="root">' in shown.text
    assert "'unsafe-eval'" in shown.headers["content-security-policy"]


async def test_the_client_may_frame_the_other_name_and_no_more(stranger: httpx.AsyncClient) -> None:
    port = stranger.base_url.port
    csp = (await stranger.get("/", headers={"Accept": "text/html"})).headers["content-security-policy"]
    assert f"frame-src 'self' http://localhost:{port};" in csp
    other = await stranger.get("/", headers={"Accept": "text/html", "Host": "team.example.com"})
    assert "frame-src 'self';" in other.headers["content-security-policy"]


async def test_still_content_may_do_nothing(anna: Person, stranger: httpx.AsyncClient) -> None:
    drawn = await made(anna, "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", type="image")
    shown = await stranger.get(drawn["content_url"])
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    text = await made(anna, "<script>1</script>", type="document", title="x.html")
    assert (await stranger.get(text["content_url"])).headers["content-type"].startswith("text/plain")


async def test_at_the_host_of_content_there_is_no_application(tmp_path: Path) -> None:
    content = "http://content.example.net"
    async with open_world(tmp_path, content_origin=content) as world:
        anna = await world.person("anna")
        page = await made(anna, "<h1>hi</h1>", type="web")
        async with httpx.AsyncClient(base_url=world.url) as stranger:
            sent = await stranger.get(page["content_url"], headers=FRAMED)
            assert sent.headers["location"] == f"{content}{page['content_url']}"
            there = {"Host": "content.example.net"}
            assert (await stranger.get(page["content_url"], headers=there)).content == b"<h1>hi</h1>"
            for path in ("/", "/health", "/my/artifacts", "/assets/x.js", "/api/v1/shared/x"):
                assert (await stranger.get(path, headers={**there, "Accept": "text/html"})).status_code == 404, path
            csp = (await stranger.get("/", headers={"Accept": "text/html"})).headers["content-security-policy"]
            assert f"frame-src 'self' {content};" in csp


@pytest.mark.parametrize("origin", ["content.example.net", "https://a/b", "https://a b", "javascript:1", "https://a;x"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        Settings(content_origin=origin)


@pytest.mark.parametrize(
    ("host", "other"),
    [
        ("127.0.0.1:8700", "http://localhost:8700"),
        ("LOCALHOST:8700", "http://127.0.0.1:8700"),
        ("localhost", "http://127.0.0.1"),
        ("team.example.com", None),
        ("127.0.0.1.evil.example", None),
        ("", None),
    ],
)
def test_the_names_of_this_machine_are_each_others(host: str, other: str | None) -> None:
    assert ContentOrigin(None, "http://127.0.0.1:8700").of(Headers({"host": host}), "http") == other
