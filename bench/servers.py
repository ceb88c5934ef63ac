"""Real server processes for benchmarks: started on a free port of 127.0.0.1, always stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

EMAIL, PASSWORD = "bench@example.com", "correct horse battery"


@dataclass
class Running:
    """A server that answers."""

    url: str
    pid: int
    start_seconds: float
    data_dir: Path

    def rss_mb(self) -> float:
        """Resident memory of the process in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise LookupError("no VmRSS")

    def cpu_seconds(self) -> float:
        """CPU time the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def client(self) -> httpx.Client:
        """Signed in."""
        client = httpx.Client(base_url=self.url, timeout=60)
        answer = client.post("/api/v1/auth/login", json={"email": EMAIL, "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def entourage(more: dict[str, str] | None = None, *, data_dir: Path | None = None) -> Generator[Running]:
    """`entourage serve` with `more` in its environment, timed from its start to the first answer of /health."""
    with TemporaryDirectory() as scratch:
        folder = data_dir or Path(scratch)
        port = free_port()
        environment = {
            **os.environ,
            "ENTOURAGE_PORT": str(port),
            "ENTOURAGE_DATA_DIR": str(folder),
            "ENTOURAGE_ADMIN_EMAIL": EMAIL,
            "ENTOURAGE_ADMIN_PASSWORD": PASSWORD,
            "ENTOURAGE_REQUESTS_PER_MINUTE": "1000000",
            "ENTOURAGE_ALLOW_PRIVATE_PROVIDERS": "1",
            "ENTOURAGE_LOG_LEVEL": "error",
            "ENTOURAGE_TITLE_BY_MODEL": "false",
            **(more or {}),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody serves without compiled files
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "entourage", "serve"], env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            seconds = _wait(url, started, process)
            yield Running(url, process.pid, seconds, folder)
        finally:
            process.terminate()
            process.wait(30)


def _wait(url: str, started: float, process: subprocess.Popen[bytes]) -> float:
    address = ("127.0.0.1", int(url.rpartition(":")[2]))
    while time.perf_counter() - started < 60:
        if process.poll() is not None:
            raise RuntimeError("the server ended")
        try:  # a bare connection: making an httpx client takes a core for 30 ms, which the server would feel
            asking = HTTPConnection(*address, timeout=1)
            asking.request("GET", "/health")
            asking.getresponse().read()
        except OSError:
            time.sleep(0.01)
        else:
            return time.perf_counter() - started
        finally:
            asking.close()
    raise TimeoutError("the server did not start")
