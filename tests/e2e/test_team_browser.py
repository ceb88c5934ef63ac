"""The team at work in a real Chromium: planned, edited, started, killed midway, asked, reported; steered and paused."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.looking import PATIENCE_MS, pictures
from tests.e2e.test_browser import PASSWORD, PRESENT, Server, browser, sign_up
from tests.fakes.llm_server import FakeLLM
from tests.fakes.planning import LIBRARIES, REQUEST


async def connect_team(server: Server, llm: FakeLLM) -> None:
    """The model that plans, and a coder who asks before it writes a file."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        tokens = await client.post("/api/v1/auth/login", json={"email": "ann@example.com", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {tokens.json()['access_token']}"
        body = {"name": "fake", "type": "openai_compatible", "base_url": llm.openai_url, "api_key": "sk-test"}
        made = await client.post("/api/v1/providers", json={**body, "models": ["team"], "is_default": True})
        assert made.status_code == 201, made.text
        agents = (await client.get("/my/agents")).json()["items"]
        coder = next(agent for agent in agents if agent["name"] == "coder")
        asks = await client.patch(f"/my/agents/{coder['id']}", json={"tools": {"write_file": "ask"}})
        assert asks.status_code == 200, asks.text


async def ask(page: Page, text: str) -> Locator:
    """Sends a request that is planned first; gives the card of its plan."""
    await page.get_by_role("button", name="Plan when needed").click()
    await page.get_by_role("menuitemradio", name="Plan first").click()
    await page.get_by_label("Ask your team").fill(text)
    await page.get_by_role("button", name="Send").click()
    card = page.get_by_role("region", name=f"Plan: {text}")
    await expect(card.get_by_role("button", name="Start")).to_be_visible(timeout=PATIENCE_MS)
    return card


async def edit(page: Page, card: Locator) -> None:
    """Renames a task, adds one after the report and starts."""
    await card.get_by_role("button", name="Edit").click()
    await page.get_by_label("Title of task 1").fill("Research alpha well")
    await page.get_by_role("button", name="Add a task").click()
    await page.get_by_label("Title of task 7").fill("Check the report")
    await page.get_by_label("Agent of task 7").select_option("tester")
    after = page.get_by_role("group", name="Waits for")
    await after.get_by_role("button", name="Write the report").click()
    await pictures(page, "plan-edit")
    await page.get_by_role("button", name="Save and start").click()


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_a_request_is_planned_edited_carried_out_and_reported(
    _browser: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    server = Server(tmp_path, unused_tcp_port)
    with FakeLLM("team", tokens_per_second=60) as llm:
        await server.start()
        try:
            async with browser() as opened:
                context = await opened.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
                page = await context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                problems: list[str] = []
                page.on("pageerror", lambda error: problems.append(str(error)))
                await sign_up(page, server)
                await connect_team(server, llm)
                await page.reload()

                card = await ask(page, REQUEST)
                await pictures(page, "plan-card-proposed")
                await edit(page, card)
                graph = page.get_by_role("region", name="Tasks and what they wait for")
                running = graph.locator('[data-status="running"]')
                await expect(running).not_to_have_count(0, timeout=PATIENCE_MS)
                assert await tops(graph, [f"Research {name}" for name in LIBRARIES]) == 1, "not in one column"
                await pictures(page, "plan-running")

                await server.kill()
                await server.start()
                await page.reload()
                asking = graph.locator('[data-status="asking"]')
                await expect(asking).to_have_count(1, timeout=PATIENCE_MS)
                await asking.click()
                await pictures(page, "plan-asking")
                await page.get_by_role("link", name="Open the chat").first.click()
                await card.get_by_role("button", name="Approve").click()

                await expect(card.get_by_role("progressbar")).to_have_attribute("value", "7", timeout=PATIENCE_MS)
                talk = page.get_by_role("log")
                await expect(talk).to_contain_text("All is done: 7 tasks", timeout=PATIENCE_MS)
                await expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE_MS)
                for title in ("Comparison", "Test", "Report"):
                    await expect(card.get_by_role("button", name=title).first).to_be_visible()
                await card.get_by_role("button", name="Report").first.click()
                await expect(page.get_by_role("complementary", name="Results")).to_contain_text("alpha leads")
                await pictures(page, "plan-card-done")
                await look_around(page, card)
                assert problems == []
        finally:
            await server.kill()


LONG = "Tell me everything about queues. " + "What waits, waits in order of arrival. " * 40


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_a_turn_is_given_a_word_rests_and_goes_on(_browser: str, tmp_path: Path, unused_tcp_port: int) -> None:
    server = Server(tmp_path, unused_tcp_port)
    with FakeLLM("team", tokens_per_second=40) as llm:
        await server.start()
        try:
            async with browser() as opened:
                page = await (await opened.new_context(viewport={"width": 1440, "height": 900})).new_page()
                page.set_default_timeout(PATIENCE_MS)
                await sign_up(page, server)
                await connect_team(server, llm)
                await page.reload()
                box, talk = page.get_by_label("Ask your team"), page.get_by_role("log")
                await box.fill(f"@universal {LONG}")
                await page.get_by_role("button", name="Send").click()
                await expect(talk).to_contain_text("Echo: ", timeout=PATIENCE_MS)

                await box.fill("and of dead letters")
                await expect(page.get_by_role("radio", name="Add to this")).to_be_checked()
                await pictures(page, "steering")
                await box.press("Enter")
                await page.get_by_role("button", name="Pause after this step").click()
                await expect(talk.get_by_text("Paused", exact=True)).to_be_visible(timeout=PATIENCE_MS)
                await pictures(page, "paused")
                await talk.get_by_role("button", name="Resume").click()
                await expect(talk.get_by_role("note")).to_have_text("and of dead letters", timeout=PATIENCE_MS)
                await expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE_MS)
                await talk.get_by_role("button", name="More about this turn").click()
                await page.get_by_role("menuitem", name="Open its steps").click()
                await expect(page.get_by_role("list", name="Steps")).to_contain_text("and of dead letters")
                await fork(page, "be brief")
                await expect(talk.get_by_role("note")).to_have_text("be brief", timeout=PATIENCE_MS)
                await expect(talk.get_by_text("2/2")).to_be_visible(timeout=PATIENCE_MS)
                await expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=PATIENCE_MS)
                await compare(page)
        finally:
            await server.kill()


async def fork(page: Page, note: str) -> None:
    """Goes on from the first step of the shown run with a word to the agent."""
    await page.get_by_role("list", name="Steps").get_by_role("button").first.click()
    await page.get_by_role("button", name="Fork from here").click()
    await page.get_by_role("radio", name="A note").click()
    await page.get_by_role("textbox", name="A note").fill(note)
    await pictures(page, "fork")
    await page.get_by_role("button", name="Fork", exact=True).click()


async def compare(page: Page) -> None:
    """The fork beside the run that it comes from, from the list of runs."""
    await page.get_by_role("link", name="Runs", exact=True).first.click()
    await page.get_by_role("row").nth(1).get_by_role("link").click()
    await page.get_by_role("button", name="Actions").click()
    await page.get_by_role("menuitem", name="Compare with…").click()
    await expect(page.get_by_text("First difference")).to_be_visible(timeout=PATIENCE_MS)
    await pictures(page, "compare")


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_prompts_have_versions_and_agents_are_files(_browser: str, tmp_path: Path, unused_tcp_port: int) -> None:
    server = Server(tmp_path, unused_tcp_port)
    await server.start()
    try:
        async with browser() as opened:
            page = await (await opened.new_context(viewport={"width": 1440, "height": 900})).new_page()
            page.set_default_timeout(PATIENCE_MS)
            await sign_up(page, server)
            await keep_fragment(page, server)
            await carry_agents(page, server)
            await page.goto(f"{server.url}/settings/general")
            await page.get_by_role("radio", name="Start at once").click()
            await page.reload()
            await expect(page.get_by_role("radio", name="Start at once")).to_be_checked()
            await pictures(page, "preferences")
    finally:
        await server.kill()


async def keep_fragment(page: Page, server: Server) -> None:
    """Makes a fragment, changes it, looks at the change and brings the first version back."""
    await page.goto(f"{server.url}/settings/prompts")
    await page.get_by_role("button", name="New fragment").click()
    await page.get_by_label("Name").fill("house-style")
    await page.get_by_label("Text").fill("Write plainly.")
    await page.get_by_role("button", name="Create", exact=True).click()
    await page.get_by_role("heading", name="house-style").wait_for()
    text = page.get_by_label("Text")
    await text.fill("Write plainly.\nSay what you did not check.")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_role("button", name="What changed").click()
    await expect(page.locator(".fragment-diff .diff-add")).to_contain_text("did not check")
    await pictures(page, "fragment")
    await page.get_by_role("button", name="Restore").click()
    await expect(text).to_have_value("Write plainly.")


async def carry_agents(page: Page, server: Server) -> None:
    """Brings an agent in from a file and lets it begin with the fragment."""
    poet = b"---\nname: poet\ndescription: Writes four lines\n---\n\nAnswer in four lines.\n"
    await page.goto(f"{server.url}/settings/agents")
    await page.get_by_role("button", name="Actions").click()
    await page.get_by_role("menuitem", name="Import…").click()
    await page.get_by_label("Choose files").set_input_files(
        [{"name": "poet.md", "mimeType": "text/markdown", "buffer": poet}]
    )
    await page.get_by_role("button", name="Import 1 file").click()
    await expect(page.get_by_text("created", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Close").last.click()
    await page.get_by_role("button", name=re.compile("^poet")).click()
    await page.get_by_role("button", name="+ house-style").click()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Version 2")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Actions").click()
        await page.get_by_role("menuitem", name="Download as Markdown").click()
    assert "house-style" in words_of(await (await download.value).path())
    await pictures(page, "agent")


def words_of(path: Path) -> str:
    """What stands in a file."""
    return path.read_text()


async def tops(graph: Locator, titles: list[str]) -> int:
    """In how many columns the tasks of these titles stand."""
    boxes = [await graph.get_by_role("button", name=re.compile(title)).bounding_box() for title in titles]
    return len({round(box["x"]) for box in boxes if box})


async def look_around(page: Page, card: Locator) -> None:
    """The steps behind a task, a fork of it beside it, the queues, and a schedule that is run."""
    await card.get_by_role("button", name="Open the graph").click()
    await (
        page.get_by_role("region", name="Tasks and what they wait for")
        .get_by_role("button", name=re.compile("Write a test"))
        .click()
    )
    await page.get_by_role("link", name="Open the run").last.click()
    steps = page.get_by_role("list", name="Steps")
    await steps.get_by_role("button", name=re.compile("^1 write_file")).click()
    await expect(steps).to_contain_text("def test_alpha")
    await pictures(page, "run")
    await page.get_by_role("link", name="Queues").click()
    await expect(page.get_by_role("listitem").filter(has_text="coder").first).to_be_visible()
    await pictures(page, "queues")
    await page.get_by_role("link", name="Schedules").click()
    await page.get_by_role("button", name="New schedule").click()
    await page.get_by_label("Name").fill("Morning news")
    await page.get_by_label("What to ask").fill("What is new?")
    await expect(page.get_by_role("list", name="The next times").get_by_role("listitem")).to_have_count(3)
    await pictures(page, "schedule")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Run now").click()
    await expect(page.get_by_text("Last ")).to_be_visible(timeout=PATIENCE_MS)
    await pictures(page, "schedules")
    await page.get_by_role("link", name="Runs", exact=True).last.click()
    await expect(page.get_by_role("row")).not_to_have_count(0)
    await pictures(page, "runs")
