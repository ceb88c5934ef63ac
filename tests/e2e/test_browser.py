"""The main job in a real Chromium, against a real server process: set up, ask, watch, look at results, survive."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from entourage.client import STATIC
from tests.e2e.looking import picture
from tests.e2e.walking import BEST, SALES, TOTAL
from tests.fakes.llm_server import FakeLLM

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")  # the first: a fifth less to compute
PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PRESENT = ["chromium"] if CHROMIUM and (STATIC / "index.html").is_file() else []


class Server:
    """An `entourage serve` process that can be killed and started again on the same port and folder."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.setup_link = ""
        self._environment = {
            **os.environ,
            "ENTOURAGE_REMEMBER_TURNS": "false",  # the same question is asked twice, and answered alike
            "ENTOURAGE_PORT": str(port),
            "ENTOURAGE_DATA_DIR": str(data_dir),
            "ENTOURAGE_ALLOW_PRIVATE_PROVIDERS": "1",
            "ENTOURAGE_REQUESTS_PER_MINUTE": "10000",
            "ENTOURAGE_TITLE_BY_MODEL": "0",
        }
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    async def start(self) -> None:
        self._listening.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "entourage", "serve", env=self._environment, stderr=asyncio.subprocess.PIPE
        )
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(90):
            await self._listening.wait()

    async def kill(self) -> None:
        assert self._process and self._reader
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._process and self._process.stderr
        async for line in self._process.stderr:
            text = line.decode()
            if found := re.search(r"http://\S+/setup\?token=\S+", text):
                self.setup_link = found.group()
                self._listening.set()
            elif "listens on" in text and self.setup_link:
                self._listening.set()


@asynccontextmanager
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield opened
        finally:
            await opened.close()


async def sign_up(page: Page, server: Server) -> None:
    await page.goto(server.setup_link)
    await page.get_by_label("Your name").fill("Ann Archer")
    await page.get_by_label("E-mail").fill("ann@example.com")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Create the administrator").click()
    await page.get_by_label("Ask your team").wait_for()


async def connect_model(server: Server, llm: FakeLLM, script: str = "csv_walk") -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        tokens = await client.post("/api/v1/auth/login", json={"email": "ann@example.com", "password": PASSWORD})
        headers = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
        body = {"name": "fake", "type": "openai_compatible", "base_url": llm.openai_url, "api_key": "sk-test"}
        made = await client.post(
            "/api/v1/providers", json={**body, "models": [script], "is_default": True}, headers=headers
        )
        assert made.status_code == 201, made.text


async def ask_for_chart(page: Page) -> None:
    await page.get_by_label("Attach files").set_input_files(
        [{"name": "sales.csv", "mimeType": "text/csv", "buffer": SALES}]
    )
    await page.get_by_label("Ask your team").fill("Chart the totals by region.")
    await page.get_by_role("button", name="Send").click()


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_the_main_job_in_a_browser(_browser: str, tmp_path: Path, unused_tcp_port: int) -> None:
    server = Server(tmp_path, unused_tcp_port)
    with FakeLLM("csv_walk", tokens_per_second=60) as llm:
        await server.start()
        try:
            async with browser() as opened:
                context = await opened.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
                page = await context.new_page()
                page.set_default_timeout(60_000)
                problems: list[str] = []
                page.on("pageerror", lambda error: problems.append(str(error)))
                await sign_up(page, server)
                await connect_model(server, llm)
                await page.reload()
                await ask_for_chart(page)
                talk = page.get_by_role("log")
                await expect(talk).to_contain_text(TOTAL, timeout=60_000)
                await expect(talk).to_contain_text(BEST)
                await expect(talk.get_by_text("create_artifact")).to_have_count(2)
                await expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=60_000)
                await talk.locator("button.chip", has_text="Totals chart").first.click()
                await page.get_by_role("img", name="Totals chart").wait_for()
                await picture(page, "team")
                whole = await words(talk)

                await page.reload()
                await expect(talk).to_contain_text(TOTAL, timeout=60_000)
                assert squeezed(await words(talk)) == squeezed(whole)

                await page.goto(server.url)
                await ask_for_chart(page)
                await expect(talk.get_by_text("run_code")).to_have_count(1, timeout=60_000)
                await server.kill()
                await server.start()
                await expect(talk).to_contain_text(TOTAL, timeout=60_000)
                await expect(page.get_by_role("button", name="Stop")).to_have_count(0, timeout=60_000)
                assert squeezed(await words(talk)) == squeezed(whole)
                assert problems == []
        finally:
            await server.kill()


async def words(talk: Locator) -> str:
    """What the talk says, once it says who was taken to be asked: that is fetched apart."""
    await expect(talk).to_contain_text("Taken for", timeout=60_000)
    return await talk.inner_text()


def squeezed(text: str) -> str:
    """Without what tells the time or is drawn only sometimes."""
    return re.sub(r"\s+|\d+(\.\d+)? ?(ms|s|min)\b", "", text)
