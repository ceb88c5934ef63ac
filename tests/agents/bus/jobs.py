"""What the children of the warm process do. Each job is told everything by its arguments, and leaves files."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from entourage.accounts.service import Accounts
from entourage.agents.approvals import Approvals
from entourage.agents.bus.stopping import StopReason
from entourage.agents.closing import Closing
from entourage.agents.dispatcher import Dispatcher
from entourage.agents.runs import Claim, LeaseLost, Runs
from entourage.agents.tables import RunRow
from entourage.assembly import open_services
from entourage.chats.schemas import NewChat, SendMessage, TextContent
from entourage.chats.service import Chats
from entourage.chats.talk import Talk
from entourage.events.hub import Hub
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.stores.log import open_log_store
from entourage.stores.log.postgres import PostgresLog
from entourage.stores.log.sqlite import SqliteLog
from entourage.stores.sql import Database
from entourage.stores.sql.database import AsyncSession
from entourage.tools.registry import ToolRegistry
from entourage.tools.schema import json_tool
from entourage.tools.tool import Tool, ToolCall, ToolResult
from tests.world import quick_settings

NUMBER = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def marking(path: Path) -> Tool:
    """A tool that leaves a line each time it runs."""

    async def mark(call: ToolCall, args: dict[str, Any]) -> ToolResult:
        leave(path, f"{call.chat_id} {args['n']}")
        return ToolResult(f"marked {args['n']}")

    return json_tool("mark", "Leaves a mark.", NUMBER, mark)


def leave(path: Path, line: str) -> None:
    """One line, whole, whoever else writes."""
    handle = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(handle, line.encode() + b"\n")
    os.close(handle)


class Commits:
    """Counts commits from when it is armed, and kills the process right after the n-th."""

    def __init__(self) -> None:
        self.left: int | None = None

    def arm(self, number: int) -> None:
        self.left = number
        for owner, name in ((SqliteLog, "append"), (PostgresLog, "append"), (AsyncSession, "commit")):
            setattr(owner, name, self._counted(getattr(owner, name)))
        SqliteLog.append_at_once = self._counted_at_once(SqliteLog.append_at_once)

    def _counted(self, commit: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(*args: Any, **kwargs: Any) -> Any:
            done = await commit(*args, **kwargs)
            self._count()
            return done

        return counted

    def _counted_at_once(self, commit: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            done = commit(*args, **kwargs)
            if done is not None:
                self._count()
            return done

        return counted

    def _count(self) -> None:
        assert self.left is not None
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def one_after_the_other(
    folder: str, database_url: str | None, owner: str, before: str | None, chat: str, text: str, kill_at: int
) -> None:
    """Finish the run that a dead process left, then begin one and die at its n-th commit.

    Leaves the run's id, and `whole` when it ended before that.
    """
    data_dir = Path(folder)
    settings = quick_settings(data_dir, database_url=database_url, delta_window_ms=0)
    services = Services()
    services.add(Telemetry())
    async with AsyncExitStack() as stack:
        await open_services(stack, services, settings)
        services.get(ToolRegistry).add(marking(data_dir / "marks.txt"))
        dispatcher, talk = services.get(Dispatcher), services.get(Talk)
        async with asyncio.timeout(50):
            if before:
                await services.get(Runs).adopt()  # nobody else is alive; how leases run out is seen elsewhere
                dispatcher.wake()
                await dispatcher.settled(owner, before)
            Commits().arm(kill_at)
            said = SendMessage(content=[TextContent(type="text", text=text)], target_agent="marker")
            sent = await talk.send(owner, chat, said)
            await dispatcher.settled(owner, sent.run_id)
            leave(data_dir / "whole.txt", sent.run_id)
            os.kill(os.getpid(), signal.SIGKILL)


async def warm_up() -> None:
    """Once through everything, so that children find it imported."""
    import httpx2  # noqa: F401  what asks models

    services = Services()
    services.add(Telemetry())
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        await open_services(stack, services, quick_settings(folder))
        user = await services.get(Accounts).create_user("anna@example.com", "correct horse battery", "Anna")
        chat = await services.get(Chats).create(user.id, NewChat())
        said = SendMessage(content=[TextContent(type="text", text="hello")], target_agent="coder")
        sent = await services.get(Talk).send(user.id, chat.id, said)
        await services.get(Dispatcher).settled(user.id, sent.run_id)


class Jobs:
    """Carries out runs without models: each says when it begins and ends, and records one step."""

    def __init__(self, runs: Runs, database: Database, book: Path, name: str, how: str) -> None:
        self._runs = runs
        self._database = database
        self._book = book
        self._name = name
        self._how = how

    async def work_on(self, run: RunRow, stop: StopReason) -> None:
        claim = Claim.of(run)
        self._say("begin", run)
        try:
            await (self._stubborn(claim) if self._how == "stubborn" else self._job(claim, run))
        except LeaseLost:
            self._say("stopped by fence", run)
            return
        except asyncio.CancelledError:
            if stop.reason == "shutdown":
                await self._runs.release(claim)
            self._say("stopped by fence" if stop.reason == "lost" else stop.reason, run)
            return
        self._say("end", run)

    async def _job(self, claim: Claim, run: RunRow) -> None:
        await asyncio.sleep(0.015)  # what it does
        await self._runs.record(claim, "tool", "0:x", 0, "{}")
        self._say("done", run)
        async with self._database.write(claim.owner_id) as session:
            await self._runs.finish(session, claim, "succeeded")

    async def _stubborn(self, claim: Claim) -> None:
        """It is stopped (SIGSTOP) in the midst of this, and does not hear that it lost its lease."""
        while True:
            await self._runs.record(claim, "tool", f"{time.monotonic_ns()}", 0, "{}")

    def _say(self, what: str, run: RunRow) -> None:
        leave(self._book, json.dumps([time.monotonic(), what, self._name, run.agent, run.id]))


async def worker(
    folder: str, database_url: str, name: str, slots: int = 8, lease: float = 5.0, how: str = "plain"
) -> None:
    """A process that works until SIGTERM."""
    data_dir = Path(folder)
    database = Database(database_url, data_dir)
    hub = Hub(window_ms=5, backlog_bytes=1_000_000)
    log = EventLog(open_log_store(database), hub.publish, queue_events=10_000, wait_ms=50, batch_events=512)
    log.start()
    runs = Runs(database, log, lease_seconds=lease)
    approvals = Approvals(database, log, wait_seconds=60)
    jobs = Jobs(runs, database, data_dir / "book.jsonl", name, how)
    dispatcher = Dispatcher(runs, {"call": jobs}, cast("Closing", None), approvals, slots=slots, lease_seconds=lease)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await dispatcher.start(alone=False)
    leave(data_dir / "book.jsonl", json.dumps([time.monotonic(), "ready", name, "", ""]))
    await stop.wait()
    await dispatcher.close()
    await log.close()
    await database.close()
    leave(data_dir / "book.jsonl", json.dumps([time.monotonic(), "stopped", name, "", ""]))
