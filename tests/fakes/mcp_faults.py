"""What the fake MCP server can do, and what it does wrong. Standard library only."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

MODERN = "2026-07-28"
KEY = "io.modelcontextprotocol/"

TOOLS: list[dict[str, Any]] = [
    {"name": "echo", "description": "Gives back what it gets.", "inputSchema": {"type": "object"},
     "annotations": {"readOnlyHint": True, "idempotentHint": True}},
    {"name": "env", "description": "A variable of its environment.", "inputSchema": {"type": "object"}},
    {"name": "die", "description": "Ends the process in mid-call.", "inputSchema": {"type": "object"}},
    {"name": "hang", "description": "Never answers.", "inputSchema": {"type": "object"}},
    {"name": "noise", "description": "Prints rubbish before it answers.", "inputSchema": {"type": "object"}},
    {"name": "broken", "description": "Answers with half a JSON.", "inputSchema": {"type": "object"}},
    {"name": "big", "description": "A long result.", "inputSchema": {"type": "object"}},
    {"name": "slow", "description": "Tells how far it is.", "inputSchema": {"type": "object"}},
    {"name": "ask", "description": "Asks the client.", "inputSchema": {"type": "object"}},
    {"name": "fail", "description": "Is refused with an error.", "inputSchema": {"type": "object"}},
    {"name": "bad", "description": "Ends with isError.", "inputSchema": {"type": "object"}},
    {"name": "log", "description": "Logs a line.", "inputSchema": {"type": "object"}},
    {"name": "change", "description": "Announces that its tools changed.", "inputSchema": {"type": "object"}},
    {"name": "touch", "description": "Announces that a resource changed.", "inputSchema": {"type": "object"}},
    {"name": "cancelled", "description": "Which calls were cancelled.", "inputSchema": {"type": "object"}},
    {"name": "count", "description": "How often it was called.", "inputSchema": {"type": "object"}},
]  # fmt: skip

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Refused(Exception):
    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message, **({"data": data} if data is not None else {})}


class FakeServer:
    """What it knows of its clients; `tell` is set by the transport and sends to all who listen."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.running: dict[Any, asyncio.Task[None]] = {}
        self.cancelled: list[Any] = []
        self.answers: dict[Any, asyncio.Future[Any]] = {}
        self.listeners: list[tuple[Any, Send]] = []
        self.calls = 0
        self.asked = 0

    def state(self) -> dict[str, Any]:
        path = self.options.state
        return json.loads(Path(path).read_text()) if path and Path(path).exists() else {}

    @property
    def is_modern(self) -> bool:
        return self.options.era == "modern"

    async def handle(self, message: dict[str, Any], send: Send) -> None:
        """Answer a request; take notice of everything else."""
        if "method" not in message:
            if (waiter := self.answers.pop(message.get("id"), None)) and not waiter.done():
                waiter.set_result(message)
            return
        number = message.get("id")
        if number is None:
            if message["method"] == "notifications/cancelled":
                wanted = message["params"]["requestId"]
                self.cancelled.append(wanted)
                if task := self.running.get(wanted):
                    task.cancel()
            return
        self.running[number] = task = asyncio.ensure_future(self._answer(message, number, send))
        try:
            await asyncio.gather(task, return_exceptions=True)
        finally:
            self.running.pop(number, None)

    async def _answer(self, message: dict[str, Any], number: Any, send: Send) -> None:
        try:
            result = await self._result(message["method"], message.get("params") or {}, number, send)
        except Refused as error:
            await send({"jsonrpc": "2.0", "id": number, "error": error.error})
        except asyncio.CancelledError:
            self.cancelled.append(number) if number not in self.cancelled else None
            raise
        else:
            if self.is_modern:
                result = {"resultType": "complete", **result}
            await send({"jsonrpc": "2.0", "id": number, "result": result})

    async def _result(self, method: str, params: dict[str, Any], number: Any, send: Send) -> dict[str, Any]:
        if method in {"initialize", "server/discover"}:
            return await self._greeted(method)
        if self.is_modern and KEY + "protocolVersion" not in params.get("_meta", {}):
            raise Refused(-32602, "the envelope is missing")
        if method == "tools/call":
            return await self._call(params, number, send)
        if method in {"resources/subscribe", "subscriptions/listen"}:
            return await self._listening(params, number, send)
        return await self._plain(method, params)

    async def _greeted(self, method: str) -> dict[str, Any]:
        if self.options.slow_start:
            await asyncio.sleep(self.options.slow_start)
        if method == "server/discover" and self.is_modern:
            return {**self._hello(), "supportedVersions": [MODERN], "ttlMs": 0, "cacheScope": "private"}
        if method == "server/discover" and self.options.dumb:
            await asyncio.Event().wait()
        if method == "initialize" and not self.is_modern:
            return {**self._hello(), "protocolVersion": self.options.version}
        raise Refused(-32601, f"no such method: {method}")

    async def _plain(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == "tools/list":
            return await self._tools(params)
        lists = {"resources": [{"uri": "memo://one", "name": "one"}], "prompts": [{"name": "greet"}]}
        if (key := method.removesuffix("/list")) in lists:
            return self._listed(key, lists[key])
        if method == "resources/read":
            contents = [{"uri": params["uri"], "text": "the text"}]
            return {"contents": contents, **({"ttlMs": 0, "cacheScope": "private"} if self.is_modern else {})}
        if method == "ping":
            return {}
        raise Refused(-32601, f"no such method: {method}")

    async def _listening(self, params: dict[str, Any], number: Any, send: Send) -> dict[str, Any]:
        if not self.is_modern:
            return {}
        self.listeners.append(listener := (number, send))
        told = {"_meta": {KEY + "subscriptionId": number}, "notifications": params["notifications"]}
        await send({"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": told})
        try:
            await asyncio.Event().wait()
        finally:
            self.listeners.remove(listener)
        return {}

    def _hello(self) -> dict[str, Any]:
        able = {"tools": {"listChanged": True}, "resources": {"listChanged": True, "subscribe": True}, "prompts": {}}
        version = self.state().get("version", "1.0")
        return {"capabilities": able, "serverInfo": {"name": "fake", "version": version}, "instructions": "Be kind."}

    def _listed(self, key: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        return {key: items, **({"ttlMs": 0, "cacheScope": "private"} if self.is_modern else {})}

    async def _tools(self, params: dict[str, Any]) -> dict[str, Any]:
        if self.options.hang_list:
            await asyncio.Event().wait()
        tools = self.state().get("tools", TOOLS)
        if not self.options.pages:
            return self._listed("tools", tools)
        start = int(params.get("cursor") or 0)
        page = self._listed("tools", tools[start : start + 4])
        return page | ({"nextCursor": str(start + 4)} if start + 4 < len(tools) else {})

    async def _call(self, params: dict[str, Any], number: Any, send: Send) -> dict[str, Any]:
        self.calls += 1
        name, args = params["name"], params.get("arguments") or {}
        act = getattr(self, f"_tool_{name}", None)
        if act is None:
            raise Refused(-32602, f"no such tool: {name}")
        found = await act(args, params, number, send)
        return found if isinstance(found, dict) else {"content": [{"type": "text", "text": str(found)}]}

    async def _tool_echo(self, args: dict[str, Any], *_: Any) -> Any:
        return json.dumps(args, sort_keys=True)

    async def _tool_env(self, args: dict[str, Any], *_: Any) -> Any:
        return os.environ.get(args["name"], "")

    async def _tool_die(self, *_: Any) -> Any:
        os._exit(9)

    async def _tool_hang(self, *_: Any) -> Any:
        await asyncio.Event().wait()

    async def _tool_noise(self, *_: Any) -> Any:
        print("this is no JSON", flush=True)
        print('{"half": ', flush=True)
        print("on stderr " + os.environ.get("FAKE_TOKEN", ""), file=sys.stderr, flush=True)
        return "after the noise"

    async def _tool_broken(self, *_: Any) -> Any:
        sys.stdout.write('{"jsonrpc": "2.0", "id": \n')
        sys.stdout.flush()
        await asyncio.Event().wait()

    async def _tool_big(self, args: dict[str, Any], *_: Any) -> Any:
        return "x" * int(args["size"])

    async def _tool_slow(self, args: dict[str, Any], params: dict[str, Any], _number: Any, send: Send) -> Any:
        token = params.get("_meta", {}).get("progressToken")
        for step in range(3):
            if token is not None:
                progress = {"progressToken": token, "progress": step, "total": 3, "message": f"step {step}"}
                await send({"jsonrpc": "2.0", "method": "notifications/progress", "params": progress})
            await asyncio.sleep(float(args.get("pause", 0)))
        return "done"

    async def _tool_ask(self, _args: dict[str, Any], params: dict[str, Any], _number: Any, send: Send) -> Any:
        wanted = {"message": "Your name?", "requestedSchema": {"type": "object", "properties": {}}}
        if self.is_modern:
            if "inputResponses" not in params:
                asked = {"who": {"method": "elicitation/create", "params": wanted}}
                return {"resultType": "input_required", "inputRequests": asked, "requestState": "s1"}
            return json.dumps([params["inputResponses"]["who"], params.get("requestState")])
        self.asked += 1
        question = f"q{self.asked}"
        waiter = self.answers[question] = asyncio.get_running_loop().create_future()
        await send({"jsonrpc": "2.0", "id": question, "method": "elicitation/create", "params": wanted})
        answer = await waiter
        return json.dumps([answer.get("result") or answer.get("error"), None])

    async def _tool_fail(self, *_: Any) -> Any:
        raise Refused(-32099, "will not " + os.environ.get("FAKE_TOKEN", ""), {"why": "because"})

    async def _tool_bad(self, *_: Any) -> Any:
        return {"content": [{"type": "text", "text": "went wrong"}], "isError": True}

    async def _tool_log(self, args: dict[str, Any], _params: Any, _number: Any, send: Send) -> Any:
        line = {"level": "warning", "logger": "fake", "data": args.get("text", "a line")}
        await send({"jsonrpc": "2.0", "method": "notifications/message", "params": line})
        return "logged"

    async def _tool_change(self, _args: Any, _params: Any, _number: Any, send: Send) -> Any:
        await self._announce("notifications/tools/list_changed", {}, send)
        return "announced"

    async def _tool_touch(self, _args: Any, _params: Any, _number: Any, send: Send) -> Any:
        await self._announce("notifications/resources/updated", {"uri": "memo://one"}, send)
        return "touched"

    async def _announce(self, method: str, params: dict[str, Any], send: Send) -> None:
        if not self.is_modern:
            await (self.tell_all or send)({"jsonrpc": "2.0", "method": method, "params": params})
            return
        for number, listener in list(self.listeners):
            meta = {"_meta": {KEY + "subscriptionId": number}}
            await listener({"jsonrpc": "2.0", "method": method, "params": {**params, **meta}})

    async def _tool_cancelled(self, *_: Any) -> Any:
        return len(self.cancelled)

    async def _tool_count(self, *_: Any) -> Any:
        return self.calls

    tell_all: Send | None = None
