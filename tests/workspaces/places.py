"""Workspaces of people, through the public doors."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.world import Person

API = "/api/v1/workspaces"
BYTES = {"Content-Type": "application/octet-stream"}


class Space:
    """A workspace as somebody sees it."""

    def __init__(self, person: Person, workspace_id: str) -> None:
        self.person = person
        self.id = workspace_id
        self.url = f"{API}/{workspace_id}"

    def of(self, other: Person) -> Space:
        """The same workspace, as somebody else sees it."""
        return Space(other, self.id)

    async def put(self, path: str, data: bytes | str, status: int | None = 200, **headers: str) -> httpx.Response:
        body = data.encode() if isinstance(data, str) else data
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self.person.client.put(
            f"{self.url}/file", params={"path": path}, content=body, headers={**BYTES, **named}
        )
        assert status is None or answer.status_code == status, answer.text
        return answer

    async def read(self, path: str, status: int = 200) -> httpx.Response:
        answer = await self.person.client.get(f"{self.url}/file", params={"path": path})
        assert answer.status_code == status, answer.text
        return answer

    async def text(self, path: str) -> str:
        return (await self.read(path)).text

    async def delete(self, path: str, status: int = 204, **params: Any) -> httpx.Response:
        answer = await self.person.client.delete(f"{self.url}/file", params={"path": path, **params})
        assert answer.status_code == status, answer.text
        return answer

    async def get(self, door: str, **params: Any) -> Any:
        answer = await self.person.client.get(f"{self.url}/{door}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, door: str, body: Any = None, status: int | None = 200) -> Any:
        return await self.person.post(f"{self.url}/{door}", body, status)

    async def paths(self, path: str = "", **params: Any) -> list[str]:
        return [one["path"] for one in (await self.get("tree", path=path, **{"depth": 20, **params}))["entries"]]

    async def share(self, other: Person, role: str = "editor") -> Space:
        """Let somebody in."""
        await self.post("members", {"email": other.email, "role": role}, 201)
        return self.of(other)


async def workspace(person: Person, name: str = "Site", **more: Any) -> Space:
    """A new one."""
    return Space(person, (await person.post(API, {"name": name, **more}, 201))["id"])


async def told(person: Person, since: int, kind: str = "workspace_changed", count: int = 1) -> list[dict[str, Any]]:
    """The next events of a type on a person's log."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            answer = await person.get("/events", types=kind, after=since)
            found = answer["items"]
            await asyncio.sleep(0.02)
    return found
