"""The other buses, each in a virtual environment in `.bench/`, put there by `python -m bench.rig.bus_peers`.

Each is asked the same: the time from enqueueing one job to its beginning, with nothing else going on, and how many
empty jobs a second go through. They print one line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import Any

from bench.rig.gateways import FOLDER, ROOT
from bench.servers import free_port

PEERS = FOLDER / "buses"
PACKAGES = ("dbos==3.4.0", "taskiq==0.13.0", "taskiq-redis==1.2.4", "asyncpg>=0.32")
SAMPLES, JOBS = 50, 300

ASYNCIO = """
import asyncio, json, sys, time

async def main(samples, jobs):
    queue, waits, done = asyncio.Queue(), [], asyncio.Event()
    async def worker():
        while True:
            at, last = await queue.get()
            waits.append(time.perf_counter() - at)
            if last:
                done.set()
    workers = [asyncio.create_task(worker()) for _ in range(50)]
    for _ in range(samples):
        await queue.put((time.perf_counter(), True))
        await done.wait()
        done.clear()
    alone = sorted(waits)
    began = time.perf_counter()
    for number in range(jobs):
        await queue.put((began, number == jobs - 1))
    await done.wait()
    print(json.dumps({"waits": alone, "per_second": jobs / (time.perf_counter() - began)}))

asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
"""

DBOS = """
import asyncio, json, sys, time
from dbos import DBOS, DBOSConfig, SetEnqueueOptions

samples, jobs, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
DBOS(config=DBOSConfig(name="bench", system_database_url=url, run_admin_server=False, log_level="ERROR"))
begun = {}

@DBOS.workflow()
async def job(number):
    begun[number] = time.perf_counter()

async def until(count):
    while len(begun) < count:
        await asyncio.sleep(0.002)  # its handles look once a second by themselves

async def main():
    DBOS.launch()
    await DBOS.register_queue_async("jobs", worker_concurrency=50, polling_interval_sec=0.01)
    waits = []
    for number in range(-samples, 0):
        at = time.perf_counter()
        await DBOS.enqueue_workflow_async("jobs", job, number)
        await until(len(waits) + 1)
        waits.append(begun[number] - at)
    began = time.perf_counter()
    await asyncio.gather(*(DBOS.enqueue_workflow_async("jobs", job, number) for number in range(jobs)))
    await until(samples + jobs)
    print(json.dumps({"waits": sorted(waits), "per_second": jobs / (time.perf_counter() - began)}), flush=True)

asyncio.run(main())
import os
os._exit(0)
"""

TASKIQ = """
import asyncio, json, sys, time
from taskiq.api import run_receiver_task
from taskiq_redis import ListQueueBroker

samples, jobs, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
broker = ListQueueBroker(url)
begun, changed = {}, asyncio.Event()

@broker.task
async def job(number: int) -> None:
    begun[number] = time.perf_counter()
    changed.set()

async def until(count):
    while len(begun) < count:
        changed.clear()
        await changed.wait()

async def main():
    await broker.startup()
    receiver = asyncio.create_task(run_receiver_task(broker, max_async_tasks=50))
    await asyncio.sleep(0.5)
    waits = []
    for number in range(-samples, 0):
        at = time.perf_counter()
        await job.kiq(number)
        await until(len(waits) + 1)
        waits.append(begun[number] - at)
    began = time.perf_counter()
    await asyncio.gather(*(job.kiq(number) for number in range(jobs)))
    await until(samples + jobs)
    print(json.dumps({"waits": sorted(waits), "per_second": jobs / (time.perf_counter() - began)}), flush=True)
    receiver.cancel()

asyncio.run(main())
import os
os._exit(0)
"""


def install() -> None:
    """Fetch the other buses."""
    FOLDER.mkdir(exist_ok=True)
    if not (PEERS / "bin" / "python").exists():
        subprocess.run(["uv", "venv", "-q", "--python", sys.executable, str(PEERS)], check=True)
        python = str(PEERS / "bin" / "python")
        subprocess.run(["uv", "pip", "install", "-q", "--python", python, *PACKAGES], check=True)


def measured(postgres: str | None) -> dict[str, dict[str, Any]]:
    """What each peer that is here told, by its name."""
    found = {"asyncio.Queue": _run(sys.executable, ASYNCIO, "")}
    python = PEERS / "bin" / "python"
    if not python.exists():
        return found
    with TemporaryDirectory() as folder:
        found["DBOS, SQLite"] = _run(str(python), DBOS, f"sqlite:///{folder}/dbos.sqlite")
    if postgres:
        name = f"bench_dbos_{os.getpid()}"
        with _database(postgres, name) as url:
            found["DBOS, PostgreSQL"] = _run(str(python), DBOS, url)
    redis = _Redis()
    try:
        found["taskiq, Redis"] = _run(str(python), TASKIQ, redis.url)
    finally:
        redis.end()
    return found


def _run(python: str, program: str, url: str) -> dict[str, Any]:
    told = subprocess.run(
        [python, "-c", program, str(SAMPLES), str(JOBS), url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    lines = [line for line in told.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"a peer failed: {told.stderr[-1500:]}")
    return json.loads(lines[-1])


class _Redis:
    """One of its own, with nothing written to disk."""

    def __init__(self) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}"
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        time.sleep(0.5)

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class _database:  # noqa: N801  used as a function
    """An empty database for as long as a `with` block."""

    def __init__(self, server: str, name: str) -> None:
        from sqlalchemy.engine import make_url

        self._server = server
        self._name = name
        self._url = make_url(server).set(database=name).render_as_string(hide_password=False)

    def __enter__(self) -> str:
        self._do(f"CREATE DATABASE {self._name}")
        return self._url

    def __exit__(self, *_error: object) -> None:
        self._do(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        import asyncio

        import asyncpg

        async def go() -> None:
            connection: Any = await asyncpg.connect(self._server)
            await connection.execute(statement)
            await connection.close()

        asyncio.run(go())


if __name__ == "__main__":
    install()
