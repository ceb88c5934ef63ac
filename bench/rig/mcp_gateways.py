"""The MCP gateways that are compared: ours, FastMCP's proxy, mcp-proxy and ContextForge, where they can be had.

mcp-proxy and ContextForge are looked for in `.bench/` and installed there by `python -m bench.rig.mcp_gateways`.
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.rig.gateways import FOLDER, ROOT, Gateway
from bench.servers import entourage, free_port

PROXY, FORGE = FOLDER / "mcp-proxy", FOLDER / "contextforge"
PROXY_VERSION, FORGE_VERSION = "0.13.0", "1.0.7"
STDIO = [sys.executable, "-m", "bench.rig.mcp_server", "stdio"]
_QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextmanager
def echo() -> Generator[str]:
    """The echo server over HTTP; its URL."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.rig.mcp_server", "http", str(port)], **_QUIET)
    os.sched_setaffinity(process.pid, {1})
    try:
        _wait(f"http://127.0.0.1:{port}/mcp")
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        _end(process)


@contextmanager
def ours(upstream: str | None, kind: str) -> Generator[Gateway]:
    """Our server with the echo server behind it, over HTTP or as a process of its own."""
    more = {"ENTOURAGE_ALLOW_PRIVATE_MCP_SERVERS": "1", "PYTHONPATH": str(ROOT)}
    with entourage(more) as server:
        client = server.client()
        body: dict[str, Any] = {"name": "echo", "title": "Echo", "transport": kind, "is_shared": True}
        if kind == "http":
            body["url"] = upstream
        else:
            folders = [{"path": path, "writable": False} for path in (str(ROOT), sys.prefix, sys.base_prefix)]
            environment = {"PYTHONPATH": str(ROOT)}
            body |= {"command": STDIO[0], "args": STDIO[1:], "env": environment, "folders": folders}
        made = client.post("/api/v1/mcp/servers", json=body).raise_for_status().json()
        started = client.post(f"/api/v1/mcp/servers/{made['id']}/start").json()
        if not started.get("ok"):
            raise RuntimeError(f"the echo server did not start behind ours: {started}")
        policy = {"subject": "*", "tool": "echo.*", "grant": "allow"}
        client.post("/my/tool-policies", json=policy).raise_for_status()
        key = client.post("/my/keys", json={"name": "bench", "scopes": ["read", "write"]}).raise_for_status()
        yield Gateway(f"ours, {kind}", f"{server.url}/mcp/echo", key.json()["key"], "echo", server.pid)


@contextmanager
def fastmcp(upstream: str, _kind: str = "http") -> Generator[Gateway | None]:
    """FastMCP's `create_proxy`, as its documentation has it."""
    port = free_port()
    program = (
        "import sys\nfrom fastmcp.server import create_proxy\n"
        "create_proxy(sys.argv[1], name='p').run('http', host='127.0.0.1', port=int(sys.argv[2]), show_banner=False)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, upstream, str(port)], **_QUIET)
    with _running(process, f"http://127.0.0.1:{port}/mcp") as url:
        yield Gateway("FastMCP proxy", url, "none", "echo", process.pid) if url else None


@contextmanager
def mcp_proxy(_upstream: str | None = None, _kind: str = "stdio") -> Generator[Gateway | None]:
    """PyPI's mcp-proxy before a process."""
    program = PROXY / "bin" / "mcp-proxy"
    if not program.exists():
        yield None
        return
    port = free_port()
    command = [str(program), "--host", "127.0.0.1", "--port", str(port), "--", *STDIO]
    process = subprocess.Popen(command, cwd=ROOT, **_QUIET)
    with _running(process, f"http://127.0.0.1:{port}/mcp") as url:
        yield Gateway("mcp-proxy, stdio", url, "none", "echo", process.pid) if url else None


@contextmanager
def contextforge(upstream: str, _kind: str = "http") -> Generator[Gateway | None]:
    """ContextForge with SQLite, one worker and no limit of rates, asked with a token of its admin."""
    program = FORGE / "bin" / "mcpgateway"
    if not program.exists():
        yield None
        return
    port, admin = free_port(), "admin@example.com"
    with TemporaryDirectory() as scratch:
        names = ("JWT_SECRET_KEY", "AUTH_ENCRYPTION_SECRET", "BASIC_AUTH_PASSWORD")
        names += ("PLATFORM_ADMIN_PASSWORD", "DEFAULT_USER_PASSWORD")
        environment = {
            **os.environ,
            **{name: secrets.token_urlsafe(48) for name in names},
            "DATABASE_URL": f"sqlite:///{scratch}/forge.db",
            "PLATFORM_ADMIN_EMAIL": admin,
            "PASSWORD_CHANGE_ENFORCEMENT_ENABLED": "false",
            "SSRF_ALLOW_LOCALHOST": "true",
            "SSRF_ALLOW_PRIVATE_NETWORKS": "true",
            "TOOL_RATE_LIMIT": "1000000000",
            "RATE_LIMITING_ENABLED": "false",
            "LOG_LEVEL": "ERROR",
        }
        signing = [
            "-m",
            "mcpgateway.utils.create_jwt_token",
            "--username",
            admin,
            "--exp",
            "600",
            "--admin",
        ]
        made = subprocess.run(
            [str(FORGE / "bin" / "python"), *signing, f"--secret={environment['JWT_SECRET_KEY']}"],
            env=environment,
            cwd=scratch,
            capture_output=True,
            text=True,
            check=True,
        )
        command = [str(program), "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, cwd=scratch, env=environment, **_QUIET)
        base = f"http://127.0.0.1:{port}"
        with _running(process, f"{base}/health", 120) as url:
            yield _forged(base, made.stdout.split()[-1], upstream, process.pid) if url else None


def _forged(base: str, token: str, upstream: str, pid: int) -> Gateway | None:
    with httpx.Client(base_url=base, timeout=60, headers={"authorization": f"Bearer {token}"}) as client:
        wish = {"name": "echo", "url": upstream, "transport": "STREAMABLEHTTP"}
        made = client.post("/gateways", json=wish)
        tools = client.get("/tools").json() if made.is_success else []
        if not tools:
            print(f"        (ContextForge took no server: {made.status_code} {made.text[:200]})")
            return None
        server = {"server": {"name": "bench", "associated_tools": [tools[0]["id"]]}}
        made = client.post("/servers", json=server).raise_for_status()
        return Gateway("ContextForge", f"{base}/servers/{made.json()['id']}/mcp", token, tools[0]["name"], pid)


@contextmanager
def _running(process: subprocess.Popen[bytes], url: str, seconds: float = 30) -> Generator[str | None]:
    try:
        try:
            _wait(url, seconds)
        except TimeoutError:
            print(f"        ({shlex.join(map(str, process.args))[:80]} did not start)")  # type: ignore[arg-type]
            yield None
        else:
            yield url
    finally:
        _end(process)


def _wait(url: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.post(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def install() -> None:
    """Fetch the other gateways into `.bench/`."""
    FOLDER.mkdir(exist_ok=True)
    wanted = ((PROXY, f"mcp-proxy=={PROXY_VERSION}"), (FORGE, f"mcp-contextforge-gateway=={FORGE_VERSION}"))
    for folder, package in wanted:
        if not (folder / "bin" / "python").exists():
            subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(folder)], check=True)
            python = str(Path(folder) / "bin" / "python")
            subprocess.run(["uv", "pip", "install", "-q", "--python", python, package], check=True)


if __name__ == "__main__":
    install()
