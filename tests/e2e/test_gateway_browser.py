"""The gateway in a real Chromium: connect a provider, make an alias, a key and a budget, play, and find the usage."""

from __future__ import annotations

import base64
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.looking import picture
from tests.e2e.test_browser import PRESENT, Server, browser, sign_up
from tests.fakes.llm_server import FakeLLM

QUESTION = "What is behind this door?"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def connect_provider(page: Page, llm: FakeLLM) -> None:
    await page.get_by_role("link", name="Gateway").click()
    await page.get_by_role("radio", name="OpenAI-compatible").click()
    await page.get_by_label("Name").fill("fake")
    await page.get_by_label("API key").fill("sk-test")
    await page.get_by_label("Address").fill(llm.openai_url)
    await page.get_by_text("Billing, weight and prices").click()
    await page.get_by_role("button", name="Add a price").click()
    await page.get_by_label("Model", exact=True).fill("echo")
    await page.get_by_label("Input").fill("1000")
    await page.get_by_label("Output").fill("2000")
    await page.get_by_role("button", name="Connect and test").click()
    await expect(page.get_by_text("answered in")).to_be_visible()
    await page.get_by_role("button", name="Show all").click()
    for model in ("echo", "think"):
        await expect(page.get_by_role("button", name=f"Remove {model}", exact=True)).to_be_visible()


async def make_alias(page: Page) -> None:
    await page.get_by_role("button", name="New alias").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("fast")
    for model in ("fake/think", "fake/echo"):
        await dialog.get_by_label("Add a candidate…").select_option(model)
    await dialog.get_by_role("button", name="Move fake/echo, 2 of 2").press("ArrowUp")
    await expect(dialog.get_by_role("button", name="Move fake/echo, 1 of 2")).to_be_focused()
    await dialog.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("list").filter(has_text="fake/echofake/think")).to_be_visible()


async def change_alias(page: Page) -> None:
    await page.locator(".alias").get_by_role("button", name="Actions").click()
    await page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="Cheapest").click()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator(".alias")).to_contain_text("Cheapest")


async def try_alias(page: Page) -> None:
    """One tiny call, after which the candidate is known to be well."""
    await page.locator(".alias").get_by_role("button", name="Test").click()
    await expect(page.locator(".alias").get_by_role("status")).to_contain_text("answered fake/echo")
    health = page.get_by_role("region", name="Health").get_by_role("row")
    await expect(health.filter(has_text="fake/echo")).to_contain_text("well")


async def make_key(page: Page) -> str:
    await page.get_by_role("link", name="Keys & budgets").click()
    await page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("ci")
    await dialog.get_by_role("radio", name="Only these").click()
    await dialog.get_by_label("fast", exact=True).check()
    await dialog.get_by_label("Budget, USD a month").fill("5")
    await dialog.get_by_role("button", name="Create").click()
    key = await dialog.get_by_label("Key", exact=True).inner_text()
    await dialog.get_by_role("button", name="I have copied it").click()
    await expect(page.get_by_role("progressbar", name="Budget of ci")).to_be_visible()
    return key


async def make_budget(page: Page) -> None:
    await page.get_by_role("button", name="New budget").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Soft limit").fill("0.01")
    await dialog.get_by_label("Hard limit").fill("20")
    await dialog.get_by_role("button", name="Create").click()
    await expect(page.get_by_role("progressbar", name="Everything")).to_be_visible()


async def call_with(key: str, server: Server) -> None:
    body = {"model": "fast", "messages": [{"role": "user", "content": "from a script"}]}
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
        answer = await client.post("/v1/chat/completions", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["choices"][0]["message"]["content"] == "Echo: from a script"
        refused = await client.post("/v1/chat/completions", json={**body, "model": "fake/think"})
        assert refused.status_code in {403, 404}, refused.text


async def play(page: Page) -> None:
    """Asks two models at once, then the same again for the cache, and looks at what went over the wire."""
    await page.get_by_role("link", name="Playground").click()
    await page.get_by_role("switch", name="Compare two models").click()
    await page.get_by_label("Model", exact=True).select_option("fast")
    await page.get_by_label("Second model", exact=True).select_option("fake/think")
    await ask(page, QUESTION)
    first, second = page.get_by_role("log", name="fast"), page.get_by_role("log", name="fake/think")
    await expect(first).to_contain_text(f"Echo: {QUESTION}")
    await expect(second).to_contain_text(f"Answer: {QUESTION}")
    await expect(first).to_contain_text("fake/echo")
    await expect(figure(first, "Cost")).to_have_text("$0.03")
    await expect(second.get_by_text("Reasoning", exact=True)).to_be_visible()
    await picture(page, "gateway-playground")
    await first.get_by_role("button", name="Request and response").click()
    await expect(page.get_by_role("tabpanel", name="Request")).to_contain_text("POST /v1/chat/completions")
    await page.get_by_role("tab", name="Response").click()
    await expect(page.get_by_role("tabpanel", name="Response")).to_contain_text("x-entourage-provider: fake")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Clear").click()
    await ask(page, QUESTION)
    await expect(first.get_by_text("from the cache")).to_be_visible()
    await page.get_by_role("switch", name="Compare two models").click()


async def play_every_dialect(page: Page) -> None:
    """The other dialects, with a picture; then an answer that is stopped half way."""
    talk = page.get_by_role("log")
    for dialect in ("Messages", "Responses"):
        await page.get_by_role("button", name="Clear").click()
        await page.get_by_role("radio", name=dialect).click()
        picked = {"name": "dot.png", "mimeType": "image/png", "buffer": PNG}
        await page.get_by_label("Add a picture").first.set_input_files([picked])
        await ask(page, f"In {dialect}")
        await expect(talk).to_contain_text(f"Echo: In {dialect} (1 image)")
    await page.get_by_label("Model", exact=True).select_option("fake/long")
    await ask(page, "Go on")
    await expect(page.get_by_role("log")).to_contain_text("word20")
    await page.get_by_role("button", name="Stop").click()
    await expect(talk).to_contain_text("Stopped by you.")
    assert "word399" not in await talk.inner_text()


async def ask(page: Page, question: str) -> None:
    await page.get_by_label("Ask the model").fill(question)
    await page.get_by_role("button", name="Send").click()


def figure(log: Locator, name: str) -> Locator:
    return log.locator("dl > div").filter(has_text=name).locator("dd")


async def find_usage(page: Page, folder: Path) -> None:
    await page.get_by_role("link", name="Usage").click()
    table = page.get_by_role("region", name="Breakdown")
    row = table.get_by_role("row").filter(has_text="echo")
    await expect(row).to_be_visible(timeout=60_000)
    await expect(row).to_contain_text("$0.")
    await picture(page, "gateway-usage")
    await page.get_by_role("tab", name="By key").click()
    await expect(table.get_by_role("row").filter(has_text="ci")).to_be_visible()
    calls = page.get_by_role("region", name="Single calls")
    await expect(
        calls.get_by_role("row").filter(has_text="fake/echo").filter(has_text="from the cache")
    ).to_be_visible()
    await calls.get_by_role("row").filter(has_text="ci").get_by_role("button").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("chat")
    await page.keyboard.press("Escape")
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="By key as CSV").click()
    await (await saved.value).save_as(folder / "usage.csv")
    told = (folder / "usage.csv").read_text()
    assert told.startswith("key,label,calls,errors,")
    assert ",ci,1,0," in told


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_the_gateway_in_a_browser(_browser: str, tmp_path: Path, unused_tcp_port: int) -> None:
    server = Server(tmp_path, unused_tcp_port)
    with FakeLLM("echo", tokens_per_second=200) as llm:
        await server.start()
        try:
            async with browser() as opened:
                context = await opened.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
                page = await context.new_page()
                page.set_default_timeout(30_000)
                problems: list[str] = []
                page.on("pageerror", lambda error: problems.append(str(error)))
                await sign_up(page, server)
                await connect_provider(page, llm)
                await make_alias(page)
                await change_alias(page)
                await try_alias(page)
                await picture(page, "gateway-models")
                key = await make_key(page)
                await make_budget(page)
                await call_with(key, server)
                await play(page)
                await play_every_dialect(page)
                await find_usage(page, tmp_path)
                await page.goto(f"{server.url}/settings/models")
                await expect(page).to_have_url(f"{server.url}/gateway/models")
                assert problems == []
        finally:
            await server.kill()
