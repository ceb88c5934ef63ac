"""Which addresses answer with the client, and which with what they are."""

from __future__ import annotations

import httpx
import pytest

from tests.world import World

PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/", "*/*", 200),
        ("/", PAGE["Accept"], 200),
        ("/chat/1", PAGE["Accept"], 200),
        ("/chat/1", "*/*", 404),
        ("/my/nothing", PAGE["Accept"], 404),
        ("/api/v1/nothing", PAGE["Accept"], 404),
        ("/assets/nothing.js", PAGE["Accept"], 404),
        ("/..%2f..%2fetc/passwd", "*/*", 404),
    ],
)
async def test_pages_are_for_browsers_and_the_first_for_everybody(
    small_world: World, path: str, accept: str, status: int
) -> None:
    async with httpx.AsyncClient(base_url=small_world.url, verify=False) as nobody:
        answer = await nobody.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"].startswith("text/html")) == (status, status == 200)
