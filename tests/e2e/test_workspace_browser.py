"""A workspace in a real Chromium: files, a save that meets another's, search, git, an agent's edits, terminals."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from tests.e2e.looking import PATIENCE_MS, pictures
from tests.e2e.test_browser import PASSWORD, PRESENT, Server, browser, connect_model, sign_up
from tests.fakes.llm_server import FakeLLM

EDITS_TAB = re.compile("Agents. edits")
LARGE_LINES = 80_000
LARGE_LINE = "{:06d} the quick brown fox jumps over the lazy dog, again and again\n"
MARINA = "marina@example.com"
EDITS = """Please do this:
/call read_file {"path": "src/main.py"}
/call edit_file {"path": "src/main.py", "old": "def first():\\n    return 1", "new": "def first():\\n    return 100"}
/call edit_file {"path": "src/main.py", "old": "def last():\\n    return 3", "new": "def last():\\n    return 300"}
/call write_file {"path": "src/added.py", "content": "ADDED = True\\n"}
/call edit_file {"path": "README.md", "old": "# Site", "new": "# The site"}
/say All three are changed."""
MAIN = "def first():\n    return 1\n\n\n" + "# between\n" * 12 + "\ndef last():\n    return 3\n"


class Door:
    """The server's API, as one person."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    @classmethod
    async def of(cls, server: Server, email: str) -> Door:
        client = httpx.AsyncClient(base_url=server.url, timeout=60)
        tokens = (await client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})).json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        return cls(client)

    async def put(self, workspace: str, path: str, content: bytes) -> None:
        headers = {"Content-Type": "application/octet-stream"}
        url = f"/api/v1/workspaces/{workspace}/file"
        answer = await self.client.put(url, params={"path": path}, content=content, headers=headers)
        assert answer.status_code < 300, answer.text

    async def text(self, workspace: str, path: str) -> str:
        answer = await self.client.get(f"/api/v1/workspaces/{workspace}/file", params={"path": path})
        return answer.text if answer.status_code == 200 else str(answer.status_code)


async def create(page: Page) -> str:
    """Makes a workspace out of the empty list; gives its id."""
    await page.get_by_role("link", name="Workspaces", exact=True).click()
    await expect(page.get_by_text("A place where work stays")).to_be_visible()
    await pictures(page, "workspace-none")
    await page.get_by_role("button", name="Create a workspace").click()
    await page.get_by_label("Name").fill("Site")
    await page.get_by_role("dialog").get_by_role("button", name="Create", exact=True).click()
    await expect(page.get_by_role("heading", name="Site")).to_be_visible()
    await expect(page.get_by_text("No files yet")).to_be_visible()
    await pictures(page, "workspace-empty")
    return page.url.rsplit("/", 1)[-1]


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("treeitem", name=name, exact=False).first


async def write_a_file(page: Page) -> None:
    """Makes a file in the tree, writes into it and saves."""
    await page.get_by_role("button", name="New file").click()
    await page.get_by_role("textbox", name="New file").fill("README.md")
    await page.keyboard.press("Enter")
    await expect(page.locator(".ws-code[data-path='README.md'] .view-lines")).to_be_visible()
    await page.locator(".ws-code").click()
    await page.keyboard.type("# Site\n")
    await expect(page.get_by_role("tab", name="README.md unsaved")).to_be_visible()
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("button", name="Saved")).to_be_disabled()
    await expect(page.get_by_role("tab", name="README.md unsaved")).to_have_count(0)


async def meet_another(page: Page, door: Door, workspace: str) -> None:
    """Two write the same file: what the other wrote is shown beside, and both are brought together."""
    await door.put(workspace, "README.md", b"# Site\n\nOne\nTwo\nThree\n")
    code = page.locator(".ws-code[data-path='README.md']")
    await expect(code).to_contain_text("Three")
    await code.click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("Mine\n")
    await door.put(workspace, "README.md", b"# Site\n\nOne, theirs\nTwo\nThree\n")
    conflict = page.get_by_role("group", name="Two versions")
    await expect(conflict).to_contain_text("README.md was changed while you were writing")
    await expect(conflict.locator(".modified-in-monaco-diff-editor .view-lines")).to_contain_text("Mine")
    await pictures(page, "workspace-conflict")
    await conflict.get_by_role("button", name="Save the right side").click()
    await expect(page.get_by_role("button", name="Saved")).to_be_visible()
    assert await door.text(workspace, "README.md") == "# Site\n\nOne, theirs\nTwo\nThree\nMine\n"


async def refused_at_once(page: Page, door: Door, workspace: str) -> None:
    """A save on top of what was not seen is refused by the server, and mine is kept when I say so."""

    async def theirs_first(route: Route) -> None:
        if route.request.method == "PUT":
            await door.put(workspace, "README.md", b"# Theirs alone\n")
        await route.continue_()

    code = page.locator(".ws-code[data-path='README.md']")
    await code.click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.type("<!-- mine -->\n")
    await page.route("**/file?*", theirs_first)
    await page.keyboard.press("Control+s")
    conflict = page.get_by_role("group", name="Two versions")
    await expect(conflict.locator(".original-in-monaco-diff-editor .view-lines")).to_contain_text("Theirs alone")
    await page.unroute("**/file?*", theirs_first)
    await conflict.get_by_role("button", name="Keep mine").click()
    await expect(page.get_by_role("button", name="Saved")).to_be_visible()
    assert (await door.text(workspace, "README.md")).startswith("<!-- mine -->\n# Site\n")


async def walk_the_tree(page: Page, door: Door, workspace: str) -> None:
    """Folders open at need; what others write appears; a file is named anew, thrown away and brought back."""
    await door.put(workspace, "src/main.py", MAIN.encode())
    await door.put(workspace, "notes/old.txt", b"old\n")
    await row(page, "src").click()
    await expect(row(page, "main.py")).to_be_visible()
    await row(page, "notes").click()
    await row(page, "old.txt").click()
    await page.get_by_role("tree").focus()
    await page.keyboard.press("F2")
    await page.get_by_role("textbox", name="New name").fill("new.txt")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("tab", name="new.txt")).to_be_visible()
    await expect(row(page, "new.txt")).to_be_visible()
    await row(page, "new.txt").click()
    await page.get_by_role("tree").focus()
    await page.keyboard.press("Delete")
    await expect(row(page, "new.txt")).to_have_count(0)
    await page.get_by_role("tab", name="Trash").click()
    await expect(page.get_by_role("list", name="Trash")).to_contain_text("notes/new.txt")
    await pictures(page, "workspace-trash")
    await page.get_by_role("button", name="Bring back new.txt").click()
    await expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert await door.text(workspace, "notes/new.txt") == "old\n"
    await page.get_by_role("tab", name="Files").click()


async def carry_in_and_out(page: Page) -> None:
    """Files are chosen and sent, an archive is unpacked where it lies, and all of it is carried away in one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inside/hello.txt", "hello")
    await page.locator("input[type=file][aria-label='Upload files']").set_input_files(
        [
            {"name": "table.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"},
            {"name": "more.zip", "mimeType": "application/zip", "buffer": packed.getvalue()},
        ]
    )
    await expect(row(page, "table.csv")).to_be_visible()
    await row(page, "more.zip").click(button="right")
    await page.get_by_role("menuitem", name="Unpack here").click()
    await expect(row(page, "inside").or_(page.get_by_role("treeitem", name="more", exact=True))).to_be_visible()
    await page.get_by_role("button", name="Actions", exact=True).click()
    async with page.expect_download() as download:
        await page.get_by_role("menuitem", name="Download as zip").click()
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        assert any(name.endswith("inside/hello.txt") for name in archive.namelist())
        assert "README.md" in archive.namelist()


async def open_the_large(page: Page, door: Door, workspace: str) -> None:
    """Opens a file of 5 MB and comes to its end."""
    await door.put(workspace, "large.txt", "".join(LARGE_LINE.format(n) for n in range(LARGE_LINES)).encode())
    await row(page, "large.txt").click()
    code = page.locator(".ws-code[data-path='large.txt']")
    await expect(code).to_contain_text("000000 the quick")
    await code.click()
    await page.keyboard.press("Control+End")
    await expect(code).to_contain_text(f"{LARGE_LINES - 1:06d} the quick")
    await expect(page.locator(".ws-status")).to_contain_text(f"Line {LARGE_LINES + 1}")
    await pictures(page, "workspace-large")
    await page.locator("[data-closes='large.txt']").click()


async def search(page: Page) -> None:
    """Finds a word in the files and goes to its line."""
    await page.get_by_role("tab", name="Search").click()
    await page.get_by_role("searchbox", name="Search in the files").fill("return 3")
    found = page.get_by_role("list", name="Results")
    await found.get_by_role("button", name=re.compile("19.*return 3")).click()
    await expect(page.locator(".ws-status")).to_contain_text("Line 19, column 5")
    await pictures(page, "workspace-search")


async def commit(page: Page) -> None:
    """Begins a repository, stages, commits, and sees what changed since."""
    await page.get_by_role("tab", name=re.compile("Git changes")).click()
    await page.get_by_role("button", name="Start a repository").click()
    changed = page.get_by_role("list", name="Changed")
    await expect(changed).to_contain_text("main.py")
    await page.get_by_role("button", name="Stage all").click()
    await expect(page.get_by_role("list", name="Staged")).to_contain_text("README.md")
    await page.get_by_label("What was done, in a line").fill("Begin")
    await page.get_by_role("button", name=re.compile(r"Commit \d+ staged files")).click()
    await expect(page.get_by_role("list", name="Commits")).to_contain_text("Begin")
    await expect(page.get_by_text("Nothing has changed since")).to_be_visible()
    await page.locator(".ws-code[data-path='src/main.py']").click()
    await page.keyboard.press("Control+Home")
    await page.keyboard.type('"""Functions."""\n')
    await page.keyboard.press("Control+s")
    await changed.get_by_role("button", name="main.py").first.click()
    await expect(page.get_by_role("region", name="Part 1 of 1")).to_contain_text('"""Functions."""')
    await pictures(page, "workspace-git")
    await page.get_by_role("button", name="Discard the changes of main.py").click()
    await page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    await expect(page.get_by_text("Nothing has changed since")).to_be_visible()


async def review(page: Page, door: Door, workspace: str) -> None:
    """An agent edits three files; each edit is kept or taken back by itself."""
    await page.get_by_role("link", name="Chat here").click()
    await expect(page.get_by_role("button", name=re.compile("Where the agents work"))).to_contain_text("Site")
    await page.get_by_label("Ask your team").fill(EDITS)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("log").get_by_text("All three are changed.", exact=True)).to_be_visible()
    await page.goto(f"{page.url.split('/chat/')[0]}/workspaces/{workspace}")
    await page.get_by_role("tab", name=EDITS_TAB).click()
    edits = page.get_by_role("tabpanel", name=EDITS_TAB)
    await edits.get_by_role("button", name=re.compile("main.py")).first.click()
    first, second = page.get_by_role("region", name="Part 1 of 2"), page.get_by_role("region", name="Part 2 of 2")
    await expect(first).to_contain_text("return 100")
    await expect(second).to_contain_text("return 300")
    await pictures(page, "workspace-review")
    await second.get_by_role("button", name="Revert").click()
    await expect(page.get_by_role("region", name="Part 1 of 1")).to_contain_text("return 100")
    await page.get_by_role("region", name="Part 1 of 1").get_by_role("button", name="Keep").click()
    await expect(page.get_by_text("main.py is looked through")).to_be_visible()
    assert await door.text(workspace, "src/main.py") == MAIN.replace("return 1\n", "return 100\n")
    await page.get_by_role("button", name="Revert the edits of added.py").click()
    await expect(edits.get_by_role("button", name=re.compile("added.py"))).to_have_count(0)
    assert await door.text(workspace, "src/added.py") == "404"
    await page.get_by_role("button", name="Keep all").click()
    await expect(page.get_by_text("Nothing to look through")).to_be_visible()
    assert (await door.text(workspace, "README.md")).startswith("<!-- mine -->\n# The site\n")


class Cut:
    """Stands between the page and a terminal's socket: keeps what came through, and cuts it in the middle of it."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.cut_at: int | None = None
        self.cuts = 0

    async def __call__(self, ws: WebSocketRoute) -> None:
        server = ws.connect_to_server()
        is_over = False

        async def down(message: str | bytes) -> None:
            nonlocal is_over
            if is_over:
                return
            if isinstance(message, str) or self.cut_at is None or len(self.received) + len(message) < self.cut_at:
                self.received += message if isinstance(message, bytes) else b""
                ws.send(message)
                return
            part = message[: self.cut_at - len(self.received)]
            self.cut_at, is_over = None, True
            self.cuts += 1
            self.received += part
            ws.send(part)
            await ws.close(code=3001)
            await server.close()

        server.on_message(down)


def screen(page: Page) -> Locator:
    return page.locator(".terminal .xterm-rows")


async def type_line(page: Page, line: str) -> None:
    await page.locator(".terminal textarea").focus()
    await page.keyboard.type(f"{line}\n")


async def work_in_a_terminal(page: Page) -> None:
    """A shell over the files; a flood that Ctrl-C ends; a window that grows; a cut that loses no byte."""
    cut = Cut()
    await page.route_web_socket(re.compile("/my/terminals/.*/socket"), cut)
    await page.get_by_role("button", name="Terminal", exact=True).click()
    await page.get_by_role("button", name="New terminal").last.click()
    await expect(screen(page)).to_contain_text("$")
    await type_line(page, "cat src/main.py | head -2")
    await expect(screen(page)).to_contain_text("return 100")
    await pictures(page, "workspace-terminal")

    await type_line(page, "yes flooding")
    await expect(screen(page)).to_contain_text("flooding")
    await page.keyboard.press("Control+c")
    await type_line(page, "echo sum $((40+2))")
    await expect(screen(page)).to_contain_text("sum 42")

    await page.set_viewport_size({"width": 1000, "height": 700})
    await type_line(page, "clear; echo width $(tput cols) end")
    await expect(screen(page)).to_contain_text(re.compile(r"width \d+ end"))
    narrow = int(re.findall(r"width (\d+) end", await screen(page).inner_text())[-1])
    await page.set_viewport_size({"width": 1440, "height": 900})
    await type_line(page, "clear; echo wide $(tput cols) end")
    await expect(screen(page)).to_contain_text(re.compile(r"wide \d+ end"))
    assert int(re.findall(r"wide (\d+) end", await screen(page).inner_text())[-1]) > narrow

    begin = len(cut.received)
    cut.cut_at = begin + 50_001
    await type_line(page, "seq -f 'line %06g' 1 20000; echo over $((1+1))")
    await expect(screen(page)).to_contain_text("over 2")
    assert cut.cuts == 1
    lines = re.findall(rb"line \d{6}\r\n", bytes(cut.received[begin:]))
    assert lines == [b"line %06d\r\n" % n for n in range(1, 20_001)]


async def somebody_watches(opened: Browser, page: Page, server: Server, door: Door, workspace: str) -> None:
    """Another person comes in as a viewer: sees the terminal as it goes, and cannot type or write."""
    new = {"email": MARINA, "password": PASSWORD, "full_name": "Marina"}
    assert (await door.client.post("/api/v1/auth/register", json=new)).status_code < 300
    await page.get_by_role("tab", name="People").click()
    await page.get_by_label("Take somebody in").fill(MARINA)
    await page.get_by_label("Role", exact=True).select_option("viewer")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("list", name="People")).to_contain_text(MARINA)
    await pictures(page, "workspace-people")
    context = await opened.new_context(viewport={"width": 1200, "height": 800})
    other = await context.new_page()
    other.set_default_timeout(PATIENCE_MS)
    await other.goto(f"{server.url}/signin")
    await other.get_by_label("E-mail").fill(MARINA)
    await other.get_by_label("Password", exact=True).fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await other.get_by_label("Ask your team").wait_for()
    await other.goto(f"{server.url}/workspaces/{workspace}")
    await row(other, "README.md").click()
    await expect(other.locator(".ws-status")).to_contain_text("Read only")
    await other.get_by_role("button", name="Terminal", exact=True).click()
    await expect(screen(other)).to_contain_text("over 2")
    await expect(other.get_by_text("You may watch here, not write")).to_be_visible()
    await other.locator(".terminal textarea").focus()
    await other.keyboard.type("echo not by me\n")
    await type_line(page, "clear; echo seen by both $((2*3))")
    await expect(screen(page)).to_contain_text("seen by both 6")
    await expect(screen(other)).to_contain_text("seen by both 6")
    assert "not by me" not in await screen(page).inner_text()
    await context.close()


async def look_at_sandboxes(page: Page) -> None:
    """The terminal's sandbox shows what it takes, gets a network, and is ended: the terminal with it."""
    await page.get_by_role("tab", name="Sandboxes").click()
    card = page.get_by_role("article", name=re.compile("Sandbox"))
    await expect(card.get_by_role("meter", name="Memory")).to_be_visible()
    await card.get_by_role("button", name="No network").click()
    await page.get_by_label("Allowed hosts").fill("api.example.org")
    await page.get_by_role("dialog").get_by_role("button", name="Save").click()
    await expect(card).to_contain_text("Only api.example.org")
    await pictures(page, "workspace-sandboxes")
    await card.get_by_role("button", name="Pause").click()
    await expect(card).to_contain_text("paused")
    await card.get_by_role("button", name="Resume").click()
    await expect(card).to_contain_text("running")
    await card.get_by_role("button", name="End it").click()
    await page.get_by_role("dialog").get_by_role("button", name="End it").click()
    await expect(page.get_by_text("No sandbox is running")).to_be_visible()


@pytest.mark.e2e
@pytest.mark.parametrize("_browser", PRESENT)
async def test_a_workspace_is_filled_edited_reviewed_and_run(
    _browser: str, tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTOURAGE_REGISTRATION", "open")
    expect.set_options(timeout=PATIENCE_MS)
    server = Server(tmp_path, unused_tcp_port)
    await server.start()
    try:
        with FakeLLM("calls") as llm:
            async with browser() as opened:
                context = await opened.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
                page = await context.new_page()
                page.set_default_timeout(PATIENCE_MS)
                problems: list[str] = []
                page.on("pageerror", lambda error: problems.append(str(error)))
                await sign_up(page, server)
                await connect_model(server, llm, "calls")
                door = await Door.of(server, "ann@example.com")
                workspace = await create(page)
                await write_a_file(page)
                await meet_another(page, door, workspace)
                await refused_at_once(page, door, workspace)
                await walk_the_tree(page, door, workspace)
                await carry_in_and_out(page)
                await open_the_large(page, door, workspace)
                await search(page)
                await commit(page)
                await review(page, door, workspace)
                await work_in_a_terminal(page)
                await somebody_watches(opened, page, server, door, workspace)
                await look_at_sandboxes(page)
                assert problems == []
    finally:
        await server.kill()
