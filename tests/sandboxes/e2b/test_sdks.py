"""E2B's official SDKs, unchanged, against our doors."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from tests.llm.clients.conftest import CLIENTS
from tests.sandboxes.e2b.conftest import PROGRAMS, Account, needs_clients, needs_packages

pytestmark = [needs_clients, needs_packages]


async def test_commands_and_terminals(ana: Account, python: Path):
    assert await ana.run(python, PROGRAMS / "commands.py") == {
        "run": ["hello bar\n/home/user\n", "bad\n", 0],
        "streamed": "1\n2\n3\n",
        "failed": [3, "out\n"],
        "lent": "yes\n/tmp\n",
        "user": True,
        "listed": [["/bin/bash", "cat"]],
        "stdin": "one\ntwo\nthree\nfour\n",
        "joined": True,
        "killed": [True, False, -1],
        "timeout": True,
        "left": 0,
        "big": 5_000_000,
        "terminal": True,
        "dead": [True, False, False],
    }


async def test_files(ana: Account, python: Path):
    told = await ana.run(python, PROGRAMS / "files.py")
    upload, download, expired = told.pop("upload_url"), told.pop("download_url"), told.pop("expired")
    assert told.pop("signed") == [
        "жук",
        "attachment",
        "default-src 'none'; sandbox; frame-ancestors 'none'",
    ]
    assert told == {
        "written": ["a.txt", "file", "/home/user/a.txt"],
        "read": ["жук", "жук", "жук"],
        "many": ["/home/user/d/one", "/home/user/d/e/two"],
        "listed": [
            ["/home/user/d/e", "dir", told["listed"][0][2]],
            ["/home/user/d/e/two", "file", 2],
            ["/home/user/d/one", "file", 1],
        ],
        "exists": [True, False],
        "info": ["two", 2, "-rw-r--r--", "file"],
        "made": [True, False],
        "renamed": "/home/user/d/uno",
        "link": ["symlink", "e/two"],
        "missing": "FileNotFoundException",
        "folder": "InvalidArgumentException",
        "gone": "FileNotFoundException",
        "no_folder": "FileNotFoundException",
        "watched": [["e/three", "create"], ["e/three", "write"], ["e/three", "remove"]],
        "big": True,
        "streamed": [104_857_600, "same\n"],
        "packed": 3_000_000,
        "empty": "",
    }
    async with httpx.AsyncClient(verify=False) as client:
        answer = await client.post(upload, files={"file": ("up.txt", b"up")})
        assert (answer.status_code, answer.json()[0]["path"]) == (200, "/home/user/up.txt")
        # a signature is good for its own path, operation and time only
        assert (await client.get(upload)).status_code == 401
        assert (await client.post(download, files={"file": ("a.txt", b"no")})).status_code == 401
        assert (await client.get(download.replace("a.txt", "up.txt"))).status_code == 401
        assert (await client.get(expired)).status_code == 401
        late = upload.rsplit("=", 1)[0] + f"={int(time.time()) + 9999}"
        assert (await client.post(late, files={"file": ("up.txt", b"no")})).status_code == 401


async def test_code(ana: Account, python: Path):
    assert await ana.run(python, PROGRAMS / "code.py") == {
        "text": ["21", "a text"],
        "logs": ["out\n", "err\n"],
        "heard": ["live\n", "7"],
        "figure": [True, "bar", "Sales", 3],
        "frame": [{"a": [1, 2]}, True, True],
        "error": ["ZeroDivisionError", "division by zero", True],
        "env": "yes",
        "context": ["/tmp", "NameError", 2],
        "restarted": "NameError",
        "removed": 1,
        "javascript": "6",
        "bash": "/home/user\n",
        "unknown": True,
        "timeout": "20",
        "died": ["InterpreterDied", "2"],
    }


async def test_the_life_of_a_sandbox(ana: Account, python: Path):
    assert await ana.run(python, PROGRAMS / "control.py") == {
        "info": [True, "running", {"about": "a & b"}, "code-interpreter-v1"],
        "longer": True,
        "metrics": [True, True, True],
        "found": True,
        "not_found": [],
        "snapshot": [["first"], "in a snapshot"],
        "no_snapshots": [True, True],
        "pages": [1, 1],
        "paused": [True, False, False],
        "listed": ["paused"],
        "resumed": ["42", True],
        "async": "async\n",
        "killed": [True, False, True],
        "connect": "SandboxNotFoundException",
        "file": "SandboxNotRunningException",
        "template": True,
    }


async def test_the_npm_sdks(ana: Account, node: Path):
    assert await ana.run("env", f"CLIENTS={CLIENTS.resolve()}", node, PROGRAMS / "sdk.mjs") == {
        "run": ["hi bar\n", "bad\n", 0],
        "streamed": "1\n2\n",
        "failed": ["CommandExitError", 4],
        "listed": 1,
        "stdin": "in\n",
        "killed": True,
        "written": "/home/user/a.txt",
        "read": ["жук", 6, "жук"],
        "many": ["/home/user/d/x", "/home/user/d/y"],
        "entries": [["x", "file"], ["y", "file"]],
        "made": [True, False, True, False],
        "renamed": "/home/user/d/w",
        "watched": "create",
        "big": 20_000_000,
        "signed": "жук",
        "code": ["5", "line", True],
        "javascript": "8",
        "context": ["1", 3],
        "restarted": "NameError",
        "terminal": True,
        "info": ["running", 1, True],
        "paused": True,
        "resumed": "2",
        "dead": [True, False],
    }
