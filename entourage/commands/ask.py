"""`entourage ask`: talk to the team from a terminal, over the same doors as every other client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from entourage.commands.connection import Refused, problem_of, talk, token_for
from entourage.commands.setup import errors
from entourage.settings import Settings

ENDINGS = ("task_completed", "task_failed", "task_cancelled")


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked."""

    text: str
    agent: str | None
    chat_id: str | None
    files: list[Path]
    as_json: bool


def run_ask(asking: Asking, settings: Settings, url: str | None, token: str | None) -> int:
    """Ask and print the answer as it comes; 0 when the run succeeded."""
    server = url or settings.base_url
    return talk(lambda: _ask(asking, settings, server, token), server)


async def _ask(asking: Asking, settings: Settings, url: str, token: str | None) -> int:
    headers = {"Authorization": f"Bearer {await token_for(settings, token)}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=httpx.Timeout(30, read=None)) as client:
        chat_id = asking.chat_id or (await _post(client, "/my/chat", {}))["id"]
        attachments = [await _attach(client, chat_id, path) for path in asking.files]
        body: dict[str, Any] = {"content": [{"type": "text", "text": asking.text}], "attachments": attachments}
        if asking.agent:
            body["target_agent"] = asking.agent.removeprefix("@")
        sent = await _post(client, f"/my/chat/{chat_id}/message/", body)
        try:
            return await _follow(client, chat_id, sent, asking.as_json)
        except asyncio.CancelledError:
            await client.post(f"/my/runs/{sent['run_id']}/cancel")
            raise


async def _follow(client: httpx.AsyncClient, chat_id: str, sent: dict[str, Any], as_json: bool) -> int:
    printer = _Printer(sent["reply_id"], as_json=as_json)
    async for event in _events(client, chat_id, sent["seq"]):
        printer.show(event)
        if event["type"] == "approval_requested":
            await _decide(client, event["data"]["approval"])
        if event["type"] in ENDINGS and event["data"]["run_id"] == sent["run_id"]:
            return 0 if event["type"] == "task_completed" else 1
    return 1


async def _events(client: httpx.AsyncClient, chat_id: str, after: int) -> AsyncIterator[dict[str, Any]]:
    """The session's events; a broken connection is taken up again where it was."""
    failures = 0
    while True:
        try:
            async with client.stream("GET", f"/my/stream/{chat_id}", params={"after": after}) as response:
                if response.is_error:
                    await response.aread()
                    raise Refused(problem_of(response))
                async for text in response.aiter_lines():
                    failures = 0
                    event = json.loads(text)
                    if "seq" in event:
                        after = event["seq"]
                        yield event
        except httpx.HTTPError:
            failures += 1
            if failures > 20:
                raise
            await asyncio.sleep(0.5)


class _Printer:
    """Writes the answer's text as it grows, tools as short lines beside it."""

    def __init__(self, reply_id: str, *, as_json: bool) -> None:
        self._reply_id = reply_id
        self._as_json = as_json
        self._shown: dict[int, str] = {}

    def show(self, event: dict[str, Any]) -> None:
        if self._as_json:
            typer.echo(json.dumps(event, ensure_ascii=False))
            return
        data = event["data"]
        match event["type"]:
            case "text_delta" if data["message_id"] == self._reply_id:
                self._text(data["part"], data["offset"], data["text"])
            case "tool_started":
                errors.print(f"[dim]{event['agent']}: {data['tool']} {str(data['args'])[:100]}[/dim]", markup=True)
            case "tool_failed":
                errors.print(f"[yellow]{data['tool']}: {data['error'][:300]}[/yellow]")
            case "artifact_created" | "artifact_updated":
                errors.print(f"[green]artifact[/green] {data['artifact']['title']} ({data['artifact']['type']})")
            case "message" if data["message"]["id"] == self._reply_id:
                self._finish(data["message"])
            case _:
                pass

    def _text(self, part: int, offset: int, text: str) -> None:
        before = self._shown.get(part, "")
        units = before.encode("utf-16-le")
        kept = units[: offset * 2].decode("utf-16-le", errors="ignore")
        if kept != before:
            typer.echo("\n[the answer begins again]", err=True)
        if not before and part:
            typer.echo()
        self._shown[part] = kept + text
        typer.echo(text, nl=False)
        sys.stdout.flush()

    def _finish(self, message: dict[str, Any]) -> None:
        if message["status"] in ("streaming", "waiting"):
            return
        for index, part in enumerate(message["parts"]):
            if part["type"] == "text" and not self._shown.get(index):
                typer.echo(part["text"], nl=False)
        typer.echo()
        if message["error"]:
            errors.print(f"[red]{message['error']['title']}[/red]: {message['error']['detail']}")
            if message["error"].get("hint"):
                errors.print(message["error"]["hint"])


async def _decide(client: httpx.AsyncClient, approval: dict[str, Any]) -> None:
    """Ask the person at the terminal; without one the call is denied."""
    if not sys.stdin.isatty() and not sys.stdin.readable():
        decision: dict[str, Any] = {"decision": "deny", "reason": "nobody is at the terminal"}
    elif approval["kind"] == "question":
        options = f" ({' / '.join(approval['options'])})" if approval["options"] else ""
        answer = await asyncio.to_thread(_read, f"\n{approval['agent']} asks: {approval['question']}{options}\n> ")
        decision = {"decision": "answer", "answer": answer} if answer else {"decision": "deny"}
    else:
        shown = f"\n{approval['agent']} wants to call {approval['tool']} with {approval['args']}\nallow? [y/N] "
        answer = await asyncio.to_thread(_read, shown)
        decision = {"decision": "approve" if answer.lower() in ("y", "yes") else "deny"}
    await client.post(f"/my/approvals/{approval['id']}/decide", json=decision)


def _read(prompt: str) -> str:
    typer.echo(prompt, nl=False, err=True)
    return sys.stdin.readline().strip()


async def _attach(client: httpx.AsyncClient, chat_id: str, path: Path) -> str:
    try:
        data = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    response = await client.post(f"/my/chat/{chat_id}/attachments", files={"file": (path.name, data)})
    if response.is_error:
        raise Refused(problem_of(response))
    return response.json()["id"]


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await client.post(path, json=body)
    if response.is_error:
        raise Refused(problem_of(response))
    return response.json()
