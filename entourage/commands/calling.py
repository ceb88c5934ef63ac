"""What commands over plain HTTP share: a client, answers, lists, tables."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import typer

from entourage.commands.connection import Refused, problem_of, talk, token_for
from entourage.settings import Settings

PAGE = 200


@dataclass(frozen=True, slots=True)
class Server:
    """Whom to ask, as whom, and how to print."""

    settings: Settings
    url: str | None
    token: str | None
    as_json: bool = False

    def run(self, work: Callable[[httpx.AsyncClient], Awaitable[int]]) -> int:
        """Do the work with a client; the exit code."""
        address = self.url or self.settings.base_url

        async def talking() -> int:
            async with _client(self, address) as client:
                return await work(client)

        return talk(talking, address)

    def show(self, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
        """A table, or one JSON object a line."""
        if self.as_json:
            for row in rows:
                typer.echo(json.dumps(row, ensure_ascii=False))
        elif rows:
            for line in table(rows, columns):
                typer.echo(line)


@asynccontextmanager
async def _client(server: Server, address: str) -> AsyncGenerator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {await token_for(server.settings, server.token)}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=httpx.Timeout(30, read=300)) as client:
        yield client


async def call(client: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    """The decoded answer, None for one without a body. Raises Refused."""
    answer = await client.request(method, path, **more)
    if answer.is_error:
        raise Refused(problem_of(answer))
    return answer.json() if answer.content else None


async def everything(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """All pages of a list. Raises Refused."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        params = {"limit": PAGE} | ({"cursor": cursor} if cursor else {})
        page = await call(client, "GET", path, params=params)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def the_one(client: httpx.AsyncClient, path: str, wanted: str, what: str) -> dict[str, Any]:
    """The item of a list with this name, id or beginning of a key. Raises Refused for none and for several."""
    items = await everything(client, path)
    found = [item for item in items if wanted in {item["id"], item["name"], item.get("prefix")}]
    if len(found) != 1:
        known = ", ".join(item["name"] for item in items) or "none"
        raise Refused(f"There {'are several' if found else 'is no'} {what} {wanted!r}. There are: {known}.")
    return found[0]


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> list[str]:
    """Aligned lines under a head of the columns' names; numbers stand to the right."""
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    heads = [name.replace("_", " ") for name in columns]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    right = [all(_is_number(row.get(name)) for row in rows) for name in columns]
    lines = [heads, *cells]
    return ["  ".join(_padded(*part) for part in zip(line, widths, right, strict=True)).rstrip() for line in lines]


def _padded(text: str, width: int, is_right: bool) -> str:
    return text.rjust(width) if is_right else text.ljust(width)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return str(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or isinstance(value, int | float) or str(value).replace(".", "", 1).isdigit()
