"""Handing files in and waiting for what comes of them, through the public doors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from tests.memory.ingest.files import form
from tests.world import Person

ENDED = ("done", "failed", "cancelled")


async def ingest(
    person: Person, files: Mapping[str, bytes] | Sequence[tuple[str, bytes]], **fields: Any
) -> dict[str, Any]:
    """The job of these files, ended."""
    answer = await person.client.post("/my/memory/ingest", files=form(files), data=fields)
    assert answer.status_code == 202, answer.text
    return await ended(person, answer.json()["id"])


async def read(person: Person, files: Mapping[str, bytes] | Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """The job of these files once they are read, whether or not they are indexed."""
    answer = await person.client.post("/my/memory/ingest", files=form(files))
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["id"]
    return await until(person, job_id, lambda job: all(f["status"] not in ("waiting", "reading") for f in job["files"]))


async def ingest_one(person: Person, **body: Any) -> dict[str, Any]:
    """The job of one source, ended."""
    return await ended(person, (await person.post("/my/memory/ingest", body, 202))["id"])


async def ended(person: Person, job_id: str) -> dict[str, Any]:
    """The job once it has ended."""
    return await until(person, job_id, lambda job: job["status"] in ENDED)


async def until(person: Person, job_id: str, is_it: Any) -> dict[str, Any]:
    """The job once it is so."""
    async with asyncio.timeout(90):
        while True:
            job = await person.get(f"/my/memory/jobs/{job_id}")
            if is_it(job):
                return job
            await asyncio.sleep(0.02)


async def chunks(person: Person, document_id: str) -> list[dict[str, Any]]:
    """What a document was cut into."""
    return (await person.get(f"/my/memory/documents/{document_id}", limit=200))["chunks"]["items"]


async def found(person: Person, query: str, limit: int = 3) -> list[dict[str, Any]]:
    """The memories that a search finds."""
    answer = await person.post("/my/memory/search", {"query": query, "limit": limit}, 200)
    return [item["memory"] for item in answer["items"]]


def outcomes(job: dict[str, Any]) -> dict[str, str]:
    """Each file's status, or why it was not read."""
    return {one["name"]: one["error"]["code"] if one["error"] else one["status"] for one in job["files"]}
