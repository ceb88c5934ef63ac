"""The spine under load, over HTTP and WebSockets, beside a plain server (`baseline.py`) under the same load.

The load generator is a process of its own on the same machine, so the two share its cores: trust CPU and ratios.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.bar import Bar
from bench.servers import Running, entourage, free_port

SECONDS = 4.0
GIVE_UP = 40
PLAIN_DELIVERIES = 100_000
"""Deliveries a second that the plain server is asked for; beyond them it does not come back."""

FANOUT = ((1, 200), (100, 200), (1000, 200), (1, 1000), (100, 1000), (1000, 1000))
JUDGED = (1000, 200)


class Overwhelmed(RuntimeError):
    """The server did not come to the end of the load."""


@dataclass
class Side:
    """A server under load."""

    name: str
    running: Running
    token: str

    def load(self, **plan: float) -> tuple[dict[str, Any], float]:
        """The generator's report, and microseconds of the server's CPU for each accepted event."""
        arguments = [f"--{name}={value}" for name, value in {"seconds": SECONDS, **plan}.items()]
        command = [
            sys.executable,
            "-m",
            "entourage",
            "load",
            "--json",
            "--url",
            self.running.url,
            "--token",
            self.token,
        ]
        cpu = self.running.cpu_seconds()
        try:
            done = subprocess.run([*command, *arguments], check=False, capture_output=True, text=True, timeout=GIVE_UP)
        except subprocess.TimeoutExpired:
            raise Overwhelmed(self.name) from None
        if done.returncode:
            raise RuntimeError(f"the load generator failed: {done.stderr}")
        report = json.loads(done.stdout)
        return report, (self.running.cpu_seconds() - cpu) / report["accepted"] * 1e6


def bars() -> list[Bar]:
    with ExitStack() as stack:
        ours = stack.enter_context(entourage({"ENTOURAGE_STREAMS_PER_USER": "5000"}))
        client = stack.enter_context(closing(ours.client()))
        key = client.post("/my/keys", json={"name": "bench", "scopes": ["read", "write"]}).json()["key"]
        us = Side("entourage", ours, key)
        plain = Side("plain", stack.enter_context(_baseline()), "x")
        us.load(rate=0, clients=16, seconds=1)
        return [*_posting(us, plain), *_fan_out(us, plain), *_stalled(us), *_half_requests(us)]


def _posting(us: Side, plain: Side) -> list[Bar]:
    found: list[Bar] = []
    for clients, target in ((1, None), (16, None), (64, 15_000)):
        mine, cpu = us.load(rate=0, clients=clients)
        other, other_cpu = plain.load(rate=0, clients=clients)
        ratio = mine["events_per_second"] / other["events_per_second"]
        note = (
            f"{cpu:.0f} us CPU an event, p99 {mine['post_p99_ms']} ms; plain: {other['events_per_second']:.0f} ev/s, "
        )
        note += f"{other_cpu:.0f} us, p99 {other['post_p99_ms']} ms; {ratio:.1f} times"
        found.append(
            Bar(f"POST /events, {clients} connections", mine["events_per_second"], "ev/s", target, False, note)
        )
    mine, cpu = us.load(rate=0, clients=4, batch=1000)
    other, other_cpu = plain.load(rate=0, clients=4, batch=1000)
    ratio = mine["events_per_second"] / other["events_per_second"]
    note = f"{cpu:.0f} us CPU an event; plain: {other['events_per_second']:.0f} ev/s; {ratio:.1f} times"
    found.append(Bar("POST /events/batch, 1,000 lines", mine["events_per_second"], "ev/s", 80_000, False, note))
    return found


def _fan_out(us: Side, plain: Side) -> list[Bar]:
    found: list[Bar] = []
    for listeners, rate in FANOUT:
        try:
            mine, cpu = us.load(rate=rate, clients=8, listeners=listeners)
        except Overwhelmed:
            if (listeners, rate) == JUDGED:
                raise
            continue  # more than this machine's generator can listen to
        rss = us.running.rss_mb()
        note = (
            f"p50 {mine['delivery_p50_ms']} ms, {mine['delivered_share']:.0%} delivered live, "
            f"{cpu:.0f} us CPU an event, {rss:.0f} MB"
        )
        if listeners * rate <= PLAIN_DELIVERIES:
            other, other_cpu = plain.load(rate=rate, clients=8, listeners=listeners)
            note += f"; plain: p99 {other['delivery_p99_ms']} ms, {other['delivered_share']:.0%}, {other_cpu:.0f} us"
        target = 50 if (listeners, rate) == JUDGED else None
        found.append(
            Bar(f"delivery to {listeners} sockets, {rate} ev/s, p99", mine["delivery_p99_ms"], "ms", target, note=note)
        )
    return found


def _stalled(us: Side) -> list[Bar]:
    before = us.running.rss_mb()
    alone, _ = us.load(rate=200, clients=8, listeners=100)
    crowded, _ = us.load(rate=200, clients=8, listeners=100, stalled=100)
    note = f"without them {alone['delivery_p99_ms']} ms; the server grew by {us.running.rss_mb() - before:.0f} MB"
    return [Bar("delivery beside 100 sockets that never read, p99", crowded["delivery_p99_ms"], "ms", note=note)]


def _half_requests(us: Side) -> list[Bar]:
    alone, _ = us.load(rate=500, clients=8)
    with _slow_loris(us.running.url, 1000) as closed:
        crowded, _ = us.load(rate=500, clients=8, seconds=8)
        share = closed()
    note = f"without them {alone['post_p99_ms']} ms; {share:.0%} of them were closed meanwhile"
    return [Bar("POST beside 1,000 half requests, p99", crowded["post_p99_ms"], "ms", note=note)]


@contextmanager
def _slow_loris(url: str, count: int) -> Generator[Any]:
    """Connections with half a request; gives a function that tells the share which the server has closed."""
    import socket

    host, _, port = url.removeprefix("http://").partition(":")
    lines = [socket.create_connection((host, int(port))) for _ in range(count)]
    for line in lines:
        line.sendall(b"POST /events HTTP/1.1\r\nhost: x\r\nx-slow: ")
        line.settimeout(0)

    def closed() -> float:
        return sum(map(_has_answer, lines)) / count

    try:
        yield closed
    finally:
        for line in lines:
            line.close()


def _has_answer(line: Any) -> bool:
    try:
        return b"408" in line.recv(1000)
    except BlockingIOError:
        return False


@contextmanager
def _baseline() -> Generator[Running]:
    with TemporaryDirectory() as folder:
        port, environment = free_port(), dict(os.environ)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "bench.baseline", str(port), str(Path(folder) / "plain.db")]
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            while True:
                try:
                    httpx.get(f"{url}/health", timeout=1)
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield Running(url, process.pid, time.perf_counter() - started, Path(folder))
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:  # with a thousand clients it is no longer its own master
                process.kill()
                process.wait()
