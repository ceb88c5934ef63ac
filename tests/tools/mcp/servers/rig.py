"""What tests of servers share: declaring the fake, calling its tools, finding its processes."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from entourage.tools.mcp.servers.pool import Pool
from entourage.tools.mcp.servers.service import McpServers
from tests.tools.mcp.fake import FAKE, FAKES
from tests.world import Person, World


def fresh_name(prefix: str = "s") -> str:
    """A name no other test of the shared world has."""
    return f"{prefix}{uuid.uuid4().hex[:8]}"


def process_body(name: str, *options: str, **more: Any) -> dict[str, Any]:
    """The fake as a process in bubblewrap."""
    folders = [{"path": str(FAKES)}, *more.pop("folders", [])]
    args = [str(FAKE), "stdio", *options]
    return {"name": name, "command": sys.executable, "args": args, "folders": folders, "network": False, **more}


async def added(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    """A server that was added and was listed; everything of it may be called without asking."""
    made = await person.post("/api/v1/mcp/servers", body, 201)
    await person.post("/my/tool-policies", {"subject": "*", "tool": f"{body['name']}.*", "grant": "allow"}, 201)
    return made


async def called(person: Person, tool: str, **args: Any) -> dict[str, Any]:
    """What became of a call."""
    return await person.post(f"/my/tools/{tool}/call", {"args": args}, 200)


async def said(person: Person, tool: str, **args: Any) -> str:
    """The text of a call that succeeds."""
    result = await called(person, tool, **args)
    assert result["status"] == "ok", result
    return result["text"]


async def names(person: Person, server: str) -> list[str]:
    """The server's tools as the person has them."""
    items = (await person.get("/my/tools"))["items"]
    return [one["name"].split(".", 1)[1] for one in items if one["origin"] == f"mcp:{server}"]


async def until(what: Callable[[], Any]) -> None:
    """Wait until something is so that tells nobody when it happens."""
    async with asyncio.timeout(20):
        while True:
            found = what()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.02)


def pool_of(world: World) -> Pool:
    return world.services.get(McpServers).pool


def processes(mark: str) -> list[psutil.Process]:
    """Every process whose command line or environment has this mark."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if mark in " ".join(process.cmdline()) or mark in "".join(process.environ().values()):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def state_file(folder: Path, **state: Any) -> Path:
    """A file the fake shows its tools from."""
    path = folder / "state.json"
    path.write_text(json.dumps(state))
    return path
