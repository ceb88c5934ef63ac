"""The gateways that are compared: ours, nginx as the limit, LiteLLM's proxy and Portkey, where they can be had.

LiteLLM and Portkey are looked for in `.bench/` of the repository and installed there by `python -m bench.rig.gateways`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bench.servers import entourage, free_port

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".bench"
LITELLM = FOLDER / "litellm"
PORTKEY = FOLDER / "portkey"
LITELLM_VERSION, PORTKEY_VERSION = "1.106.2", "1.15.2"
FIX = Path(__file__).parent / "portkey_streams.cjs"


@dataclass
class Gateway:
    """One that answers chat completions. `pid` is the process whose CPU and memory count, with its children."""

    name: str
    url: str
    key: str
    model: str
    pid: int
    headers: tuple[tuple[str, str], ...] = ()

    def cpu_seconds(self) -> float:
        """CPU time of the process and its children."""
        return sum(_cpu(pid) for pid in _family(self.pid))

    def rss_mb(self) -> float:
        """Resident memory of the process and its children."""
        return sum(_rss(pid) for pid in _family(self.pid))

    def pin(self, core: int) -> None:
        """Keep it, with every thread, on one core."""
        for pid in _family(self.pid):
            for thread in os.listdir(f"/proc/{pid}/task"):
                os.sched_setaffinity(int(thread), {core})


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
        except OSError:
            continue
        found += [int(child) for child in children]
    return found


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


@contextmanager
def ours(upstream: str) -> Generator[Gateway]:
    """Our server with a virtual key, a budget and a limit of requests that is never reached."""
    with entourage({"ENTOURAGE_GATEWAY_REQUESTS_PER_MINUTE": "1000000000"}) as server:
        client = server.client()
        provider = {"name": "fake", "type": "openai_compatible", "base_url": f"{upstream}/v1", "api_key": "sk-bench"}
        price = {"m": {"input": "1", "output": "3"}}
        body = {**provider, "models": ["m", "m-stream", "m-paced"], "prices": price, "is_default": True}
        client.post("/api/v1/providers", json=body).raise_for_status()
        wish = {"name": "bench", "budget": {"period": "day", "hard_usd": "100000"}}
        made = client.post("/my/gateway-keys", json=wish)
        made.raise_for_status()
        yield Gateway("ours", f"{server.url}/v1/chat/completions", made.json()["key"], "fake/m", server.pid)


@contextmanager
def nginx(upstream: str) -> Generator[Gateway | None]:
    """proxy_pass with kept connections: what a proxy costs that does nothing else."""
    program = shutil.which("nginx")
    if program is None:
        yield None
        return
    port = free_port()
    with TemporaryDirectory() as scratch:
        place = upstream.removeprefix("http://")
        config = Path(scratch) / "nginx.conf"
        config.write_text(
            f"daemon off; worker_processes 1; pid {scratch}/pid; error_log {scratch}/error.log;\n"
            "events { worker_connections 1024; }\n"
            "http { access_log off; keepalive_requests 1000000000;\n"
            f"client_body_temp_path {scratch}/b; proxy_temp_path {scratch}/p;\n"
            f"fastcgi_temp_path {scratch}/f; uwsgi_temp_path {scratch}/u; scgi_temp_path {scratch}/s;\n"
            f"upstream fake {{ server {place}; keepalive 128; keepalive_requests 1000000000; }}\n"
            f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://fake; proxy_http_version 1.1;\n"
            'proxy_set_header Connection ""; proxy_buffering off; } } }\n'
        )
        process = subprocess.Popen([program, "-c", str(config)])
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            yield Gateway("nginx", f"{url}/v1/chat/completions", "none", "m", process.pid)
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def litellm(upstream: str) -> Generator[Gateway | None]:
    """LiteLLM's proxy: no database, a master key, its local price list."""
    program = LITELLM / "bin" / "litellm"
    if not program.exists():
        yield None
        return
    port = free_port()
    with TemporaryDirectory() as scratch:
        config = Path(scratch) / "config.yaml"
        models = [
            {
                "model_name": name,
                "litellm_params": {"model": f"openai/{name}", "api_base": f"{upstream}/v1", "api_key": "x"},
            }
            for name in ("m", "m-stream", "m-paced")
        ]
        config.write_text(json.dumps({"model_list": models, "general_settings": {"master_key": "sk-bench"}}))
        environment = {**os.environ, "LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        command = [str(program), "--config", str(config), "--port", str(port), "--host", "127.0.0.1"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/health/liveliness", 120)
            yield Gateway("LiteLLM", f"{url}/v1/chat/completions", "sk-bench", "m", process.pid)
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def portkey(upstream: str) -> Generator[Gateway | None]:
    """Portkey's gateway, with the headers of its streams made mutable: on Node 20 each of them fails without that."""
    script = PORTKEY / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    node = shutil.which("node")
    if not script.exists() or node is None:
        yield None
        return
    port = free_port()
    process = subprocess.Popen(
        [node, "--require", str(FIX), str(script), "--headless", f"--port={port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, 60)
        headers = (("x-portkey-provider", "openai"), ("x-portkey-custom-host", f"{upstream}/v1"))
        yield Gateway("Portkey", f"{url}/v1/chat/completions", "sk-bench", "m", process.pid, headers)
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


def install() -> None:
    """Fetch the other gateways into `.bench/`."""
    FOLDER.mkdir(exist_ok=True)
    if not (LITELLM / "bin" / "litellm").exists():
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(LITELLM)], check=True)
        python = str(LITELLM / "bin" / "python")
        wanted = f"litellm[proxy]=={LITELLM_VERSION}"
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, wanted], check=True)
    if not (PORTKEY / "node_modules").exists():
        PORTKEY.mkdir(exist_ok=True)
        wanted = f"@portkey-ai/gateway@{PORTKEY_VERSION}"
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(PORTKEY), wanted], check=True)


if __name__ == "__main__":
    install()
