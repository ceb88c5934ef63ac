"""What the team remembers, in a real Chromium: taken in, found with its reasons, mended, forgotten, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.looking import PATIENCE_MS, pictures
from tests.e2e.test_browser import PRESENT, Server, browser, sign_up

HANDBOOK = b"""# Rolling out

Every release is rolled out to Heron first. Heron is our staging server in Frankfurt.
When its error rate stays under 0.1 % for ten minutes, the rest follows in two waves.

## Leases

A worker takes a job by writing a lease with a fencing number. Releasing a lease twice changes nothing.
"""
HARBOUR = "Os navios saem do porto de Lisboa às nove da manhã.".encode()
BROKEN = b"%PDF-1.7\nthis is not really a PDF"


async def tab(page: Page, name: str) -> None:
    await page.get_by_role("navigation", name="Memory").get_by_role("link", name=name, exact=True).click()


async def take_in(page: Page) -> None:
    """Hands in three files of which one is broken, a text and watches until all of it can be found."""
    await tab(page, "Documents")
    await expect(page.get_by_text("No documents yet")).to_be_visible()
    await pictures(page, "memory-documents-none")
    await page.get_by_label("Choose files").set_input_files(
        [
            {"name": "handbook.md", "mimeType": "text/markdown", "buffer": HANDBOOK},
            {"name": "porto.txt", "mimeType": "text/plain", "buffer": HARBOUR},
            {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": BROKEN},
        ]
    )
    job = page.get_by_role("region", name="Reading").get_by_role("listitem").filter(has_text="3 files").first
    await expect(job).to_contain_text("1 could not be read", timeout=PATIENCE_MS)
    await expect(job.get_by_text("done", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
    await expect(job).to_contain_text("It is damaged")
    await page.get_by_role("button", name="Paste a text").click()
    await page.get_by_label("Name").fill("Birthdays")
    await page.get_by_role("textbox", name="Text", exact=True).fill("Marina's birthday is on 3 May.")
    await page.get_by_role("button", name="Add", exact=True).click()
    table = page.get_by_role("table", name="Documents")
    for name in ("handbook.md", "porto.txt", "Birthdays"):
        await expect(table.get_by_role("link", name=name)).to_be_visible(timeout=PATIENCE_MS)
    await pictures(page, "memory-documents")
    await table.get_by_role("link", name="handbook.md").click()
    await expect(page.get_by_role("list", name="Pieces")).to_contain_text("fencing number")
    await pictures(page, "memory-document")


async def find(page: Page) -> None:
    """Finds a passage and sees why; narrows to nothing and widens again."""
    await tab(page, "Search")
    await page.get_by_label("Search in memory").fill("which server gets a release first")
    found = page.get_by_role("region", name="Found").get_by_role("listitem").filter(has_text="Heron").first
    await expect(found).to_be_visible(timeout=PATIENCE_MS)
    await expect(found.locator("mark").first).to_be_visible()
    await found.get_by_role("button", name="Why this").click()
    why = found.get_by_role("region", name="Why this")
    await expect(why).to_contain_text("rank")
    await expect(why).to_contain_text("By words")
    await pictures(page, "memory-search")
    await page.get_by_label("Kind", exact=True).select_option("interaction")
    await page.get_by_role("button", name="Clear the filters").click()
    await expect(found).to_be_visible()
    await found.get_by_role("link", name="handbook.md").click()
    await expect(page.get_by_role("heading", name="handbook.md")).to_be_visible()


async def mend(page: Page) -> None:
    """Writes facts, changes one in its place, and forgets one that is looked for by its meaning."""
    await tab(page, "Facts")
    for text in ("Releases go out on Thursdays.", "The old office is in Porto."):
        await page.get_by_role("button", name="Write a fact").first.click()
        await page.get_by_label("Text").fill(text)
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("list", name="Facts")).to_contain_text(text)
    facts = page.get_by_role("list", name="Facts")
    await facts.get_by_role("listitem").filter(has_text="Thursdays").get_by_role("button", name="Edit").click()
    await page.get_by_label("Text").fill("Releases go out on Fridays.")
    await page.get_by_label("Tags").fill("releases")
    await pictures(page, "memory-fact")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(facts.get_by_role("paragraph").filter(has_text="Fridays")).to_be_visible()
    await pictures(page, "memory-facts")
    await page.get_by_role("button", name="All memories").click()
    await page.get_by_role("menuitem", name="Forget about…").click()
    await page.get_by_label("About what").fill("The old office is in Porto.")
    await page.get_by_role("button", name="Show what that is").click()
    shown = page.get_by_role("dialog").get_by_role("listitem").filter(has_text="old office")
    await expect(shown).to_be_visible(timeout=PATIENCE_MS)
    await pictures(page, "memory-forget")
    await page.get_by_role("button", name="Forget 1 memory").click()
    await expect(facts).not_to_contain_text("old office")
    await facts.get_by_role("listitem").filter(has_text="Fridays").get_by_role("button", name="Forget").click()
    await page.get_by_role("dialog").get_by_role("button", name="Forget", exact=True).click()
    await expect(page.get_by_text("No facts yet")).to_be_visible()


async def somebody_saved_first(page: Page) -> None:
    """Two pages change the same fact: the second is shown what the first one saved."""
    await tab(page, "Facts")
    await page.get_by_role("button", name="Write a fact").first.click()
    await page.get_by_label("Text").fill("The door code is blue.")
    await page.get_by_role("button", name="Save", exact=True).click()
    row = page.get_by_role("list", name="Facts").get_by_role("listitem")
    await row.get_by_role("button", name="Edit").click()
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.get_by_role("button", name="Edit").click()
    await other.get_by_label("Text").fill("The door code is green.")
    await other.get_by_role("button", name="Save", exact=True).click()
    await expect(other.get_by_role("paragraph").filter(has_text="green")).to_be_visible()
    await other.close()
    await page.get_by_label("Text").fill("The door code is red.")
    await page.get_by_role("button", name="Save", exact=True).click()
    conflict = page.get_by_role("alert")
    await expect(conflict).to_contain_text("The door code is green.")
    await pictures(page, "memory-conflict")
    await conflict.get_by_role("button", name="Save mine over it").click()
    await expect(page.get_by_role("list", name="Facts")).to_contain_text("The door code is red.")


async def be_reminded(page: Page) -> None:
    """Asks the team, whose answer says what it was reminded of, and follows it into memory."""
    indexing = page.get_by_role("list", name="Facts").get_by_text("being indexed")
    await expect(indexing).to_have_count(0, timeout=PATIENCE_MS)
    await page.get_by_role("link", name="New chat").first.click()
    await page.get_by_label("Ask your team").fill("What is the door code?")
    await page.get_by_role("button", name="Send").click()
    talk = page.get_by_role("log")
    chip = talk.get_by_role("button", name="used 1 memory")
    await chip.click(timeout=PATIENCE_MS)
    given = talk.get_by_role("list", name="used 1 memory")
    await expect(given).to_contain_text("The door code is red.")
    await pictures(page, "memory-recalled")
    await given.get_by_role("link", name="Find it in memory").click()
    await expect(page.get_by_role("region", name="Found")).to_contain_text("The door code is red.")


async def walk_the_graph(page: Page) -> None:
    """Sees nodes drawn and listed, chooses one, and asks the way to another."""
    await tab(page, "Graph")
    stage = page.get_by_role("application")
    await expect(stage).to_be_visible(timeout=PATIENCE_MS)
    assert int(await stage.get_attribute("data-nodes") or 0) >= 3
    await expect(stage).to_have_attribute("data-arranged", "true", timeout=PATIENCE_MS)
    await pictures(page, "memory-graph")
    await page.get_by_role("radio", name="List").click()
    nodes = page.get_by_role("list", name="Nodes").get_by_role("button")
    await nodes.first.click()
    detail = page.get_by_role("complementary", name="The chosen node")
    await expect(detail).to_contain_text("Neighbours")
    await detail.get_by_role("button", name="Path from here").click()
    await detail.get_by_role("listitem").first.get_by_role("button").click()
    await detail.get_by_role("button", name="Path to here").click()
    await expect(page.locator(".path-node")).to_have_count(2)
    await pictures(page, "memory-graph-list")
    await page.get_by_role("radio", name="Drawing").click()
    await expect(stage).to_have_attribute("data-arranged", "true", timeout=PATIENCE_MS)
    await pictures(page, "memory-graph-path")


async def settle(page: Page) -> None:
    """Changes the embedder and watches until all memories have moved to it."""
    await tab(page, "Settings")
    choices = page.get_by_role("radiogroup", name="Embedder").get_by_role("radio")
    other = choices.filter(has_text="Finds shared words")
    await expect(other).to_be_visible()
    await expect(other).not_to_contain_text("in use")
    await pictures(page, "memory-settings")
    await other.click()
    await page.get_by_role("button", name="Change", exact=True).click()
    await expect(other).to_be_checked()
    await expect(other).to_contain_text("in use", timeout=PATIENCE_MS)
    await page.get_by_label("Days that conversations are kept").fill("90")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.reload()
    await expect(page.get_by_label("Days that conversations are kept")).to_have_value("90")


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_memory_is_filled_searched_mended_forgotten_and_drawn(
    _browser: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    server = Server(tmp_path, unused_tcp_port)
    await server.start()
    try:
        async with browser() as opened:
            context = await opened.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
            page = await context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            await sign_up(page, server)
            await page.get_by_role("link", name="Memory", exact=True).click()
            await expect(page.get_by_text("Nothing is remembered yet")).to_be_visible(timeout=PATIENCE_MS)
            await pictures(page, "memory-empty")
            await take_in(page)
            await find(page)
            await mend(page)
            await somebody_saved_first(page)
            await be_reminded(page)
            await walk_the_graph(page)
            await settle(page)
            assert problems == []
    finally:
        await server.kill()
