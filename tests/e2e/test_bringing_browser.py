"""A project of this computer becomes a workspace in a real Chromium, and a chat that is open moves there and back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.looking import PATIENCE_MS, pictures
from tests.e2e.test_browser import PRESENT, Server, browser, sign_up
from tests.e2e.test_workspace_browser import Door

CHOICE = "Where the agents work"


def archive() -> bytes:
    """A small project, packed."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as packed:
        packed.writestr("README.md", "# Queues\n")
        packed.writestr("bench/run.py", "print('run')\n")
    return sink.getvalue()


def folder(place: Path) -> Path:
    """The same as a folder, with what nobody means to bring."""
    for path in ("src/main.py", "notes.md", "node_modules/left/index.js"):
        file = place / "site" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {path}\n")
    return place / "site"


async def bring(page: Page, server: Server, label: str, what: Path, shown: str) -> str:
    """Makes a workspace of it by the dialog; gives the workspace's id."""
    await page.goto(f"{server.url}/workspaces")
    await page.get_by_role("button", name="Import", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="This computer").click()
    await dialog.get_by_label(label).set_input_files(what)
    await expect(dialog.get_by_text(shown)).to_be_visible()
    await pictures(page, "workspace-bring")
    await dialog.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_role("tree")).to_be_visible(timeout=PATIENCE_MS)
    return page.url.rsplit("/", 1)[-1]


async def move_a_chat(page: Page, server: Server, chat: str) -> None:
    """Into a workspace by the choice in its header, over to it by its name, and back to a folder of its own."""
    await page.goto(f"{server.url}/chat/{chat}")
    header = page.locator(".talk-top")
    await header.get_by_role("button", name=CHOICE).click()
    await page.get_by_role("menuitemradio", name="queues").click()
    await expect(header.get_by_role("link", name="queues")).to_be_visible()
    await pictures(page, "chat-place")
    await header.get_by_role("link", name="queues").click()
    await expect(page.get_by_role("heading", name="queues")).to_be_visible()
    await page.go_back()
    await header.get_by_role("button", name=CHOICE).click()
    await page.get_by_role("menuitemradio", name="A folder of its own").click()
    await expect(header.get_by_role("link", name="queues")).to_have_count(0)


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_a_project_of_this_computer_becomes_a_workspace_that_a_chat_moves_to(
    _browser: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    packed = tmp_path / "queues.zip"
    packed.write_bytes(archive())
    server = Server(tmp_path / "data", unused_tcp_port)
    await server.start()
    try:
        async with browser() as chromium:
            page = await (await chromium.new_context(viewport={"width": 1280, "height": 800})).new_page()
            page.set_default_timeout(PATIENCE_MS)
            await sign_up(page, server)
            door = await Door.of(server, "ann@example.com")

            queues = await bring(page, server, "Choose an archive", packed, "queues.zip")
            await expect(page.get_by_role("heading", name="queues")).to_be_visible()
            assert await door.text(queues, "bench/run.py") == "print('run')\n"
            assert await door.text(queues, "queues.zip") == "404"

            site = await bring(page, server, "Choose a folder", folder(tmp_path), "2 files")
            await expect(page.get_by_role("heading", name="site")).to_be_visible()
            assert await door.text(site, "src/main.py") == "# src/main.py\n"
            assert await door.text(site, "node_modules/left/index.js") == "404"

            made = await door.client.post("/my/chat", json={"title": "Warm up"})
            await move_a_chat(page, server, made.json()["id"])
            assert (await door.client.get(f"/my/chat/{made.json()['id']}")).json()["workspace_id"] is None
            await door.client.aclose()
    finally:
        await server.kill()
