"""Jobs: the same again changes nothing, what changed replaces, and one can stop, try again and look on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from entourage.assembly import Stores
from entourage.memory.ingest.tables import FileRow
from entourage.memory.ingest.worker import Worker
from tests.e2e.walking import socket_events
from tests.fakes.llm_server import FakeLLM
from tests.memory.ingest.asking import chunks, ended, found, ingest, ingest_one, outcomes, until
from tests.memory.ingest.files import PNG, form, zipped
from tests.world import World


async def _texts(person: Any) -> list[str]:
    return sorted(one["text"] for one in (await person.get("/my/memory", limit=200))["items"])


async def test_the_same_file_again_is_unchanged(world: World) -> None:
    anna = await world.person("anna")
    first = await ingest(anna, {"notes.md": b"The tide turns at six."})
    again = await ingest(anna, {"notes.md": b"The tide turns at six."})
    renamed = await ingest(anna, {"copy of notes.md": b"The tide turns at six."})
    assert [outcomes(job) for job in (again, renamed)] == [
        {"notes.md": "unchanged"},
        {"copy of notes.md": "unchanged"},
    ]
    assert {job["files"][0]["document_id"] for job in (first, again, renamed)} == {first["files"][0]["document_id"]}
    assert await _texts(anna) == ["The tide turns at six."]


async def test_a_changed_file_replaces_its_chunks(world: World) -> None:
    anna = await world.person("anna")
    first = await ingest(anna, {"notes.md": b"# A\n\nThe tide turns at six.\n\n# B\n\nThe same as before."})
    second = await ingest(anna, {"notes.md": b"# A\n\nThe tide turns at seven.\n\n# B\n\nThe same as before."})
    assert first["files"][0]["document_id"] == second["files"][0]["document_id"]
    assert await _texts(anna) == ["# A\n\nThe tide turns at seven.", "# B\n\nThe same as before."]
    assert "seven" in (await found(anna, "When does the tide turn?"))[0]["text"]


async def test_a_broken_new_version_leaves_the_old_one_findable(world: World) -> None:
    anna = await world.person("anna")
    await ingest(anna, {"notes.md": b"The tide turns at six."})
    assert outcomes(await ingest(anna, {"notes.md": b"\x7fELF" + bytes(300)})) == {"notes.md": "unsupported"}
    assert await _texts(anna) == ["The tide turns at six."]
    (document,) = (await anna.get("/my/memory/documents"))["items"]
    assert document["status"] == "done"


async def test_a_deleted_document_is_forgotten_and_can_come_back(world: World) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {"notes.md": b"The tide turns at six."})
    path = f"/my/memory/documents/{job['files'][0]['document_id']}"
    assert (await anna.client.delete(path)).status_code == 204
    assert (await anna.client.get(path)).status_code == 404
    assert await _texts(anna) == []
    assert outcomes(await ingest(anna, {"notes.md": b"The tide turns at six."})) == {"notes.md": "done"}


async def test_a_forgotten_text_is_read_anew(world: World) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {"notes.md": b"The tide turns at six."})
    await anna.post("/my/memory/forget", {"document_id": job["files"][0]["document_id"]}, 200)
    assert outcomes(await ingest(anna, {"notes.md": b"The tide turns at six."})) == {"notes.md": "done"}


async def test_a_job_is_told_while_it_goes_on(world: World) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {"notes.md": b"The tide turns at six."})
    seen: list[dict[str, Any]] = []
    async with asyncio.timeout(30):
        async for event in socket_events(anna, after=0):
            seen.append(event)
            if event["data"].get("job", {}).get("status") == "done":
                break
    jobs = [one["data"]["job"] for one in seen if one["type"] == "memory_job"]
    assert jobs[0]["status"] == "queued"
    assert {one["id"] for one in jobs} == {job["id"]}
    (stored,) = [one["data"]["document"] for one in seen if one["type"] == "memory_stored"]
    assert (stored["name"], stored["status"], stored["chunks"]) == ("notes.md", "done", 1)


async def test_a_cancelled_job_stops_and_can_be_tried_again(world: World) -> None:
    anna = await world.person("anna")
    files = {f"n{number}.md": f"Number {number} is here.".encode() for number in range(60)}
    sent = await anna.client.post("/my/memory/ingest", files=form(files))
    job_id = sent.json()["id"]
    cancelled = await anna.post(f"/my/memory/jobs/{job_id}/cancel", {}, 200)
    assert cancelled["status"] == "cancelled"
    open_files = [one for one in cancelled["files"] if one["status"] in ("waiting", "reading")]
    assert open_files == []
    assert (await anna.client.post(f"/my/memory/jobs/{job_id}/cancel")).status_code == 409
    again = await anna.post(f"/my/memory/jobs/{job_id}/retry", {}, 200)
    assert again["status"] in ("queued", "running")
    done = await ended(anna, job_id)
    assert set(outcomes(done).values()) <= {"done", "unchanged"}
    assert len(await _texts(anna)) == 60


async def test_a_job_that_is_done_has_nothing_to_try_again(world: World) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {"notes.md": b"The tide turns at six."})
    assert (await anna.client.post(f"/my/memory/jobs/{job['id']}/retry")).status_code == 409


async def test_pictures_are_read_by_a_model_that_sees_once_one_is_connected(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {"chart.png": PNG})
    assert job["files"][0]["error"]["code"] == "no_vision"
    await anna.connect(fake_llm.openai_url, ["echo"])
    await anna.post(f"/my/memory/jobs/{job['id']}/retry", {}, 200)
    done = await ended(anna, job["id"])
    assert done["files"][0]["error"] is None
    (memory,) = await chunks(anna, done["files"][0]["document_id"])
    assert memory["text"]
    assert memory["metadata"]["type"] == "image"


async def test_one_persons_thousand_files_do_not_keep_another_waiting(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    many = {f"n{number}.md": f"Number {number} is here.".encode() for number in range(150)}
    sent = (await anna.client.post("/my/memory/ingest", files=form(many))).json()
    job = await ingest(boris, {"one.md": b"Only one."})
    assert job["status"] == "done"
    of_anna = await anna.get(f"/my/memory/jobs/{sent['id']}")
    assert of_anna["status"] in ("queued", "running")
    await anna.post(f"/my/memory/jobs/{sent['id']}/cancel", {}, 200)


async def test_another_persons_job_and_document_are_not_there(world: World) -> None:
    anna, boris = await world.person("anna"), await world.person("boris")
    job = await ingest(anna, {"notes.md": b"The tide turns at six."})
    document = job["files"][0]["document_id"]
    for path in (f"jobs/{job['id']}", f"jobs/{job['id']}/files", f"documents/{document}"):
        assert (await boris.client.get(f"/my/memory/{path}")).status_code == 404
    for path in (f"jobs/{job['id']}/cancel", f"jobs/{job['id']}/retry"):
        assert (await boris.client.post(f"/my/memory/{path}")).status_code == 404
    assert (await boris.client.delete(f"/my/memory/documents/{document}")).status_code == 404
    mine = await ingest(boris, {"notes.md": b"The tide turns at six."})
    assert outcomes(mine) == {"notes.md": "done"}
    for path in ("jobs", "documents"):
        assert len((await boris.get(f"/my/memory/{path}"))["items"]) == 1


async def test_files_of_a_conversation_and_its_results_are_sources(world: World, fake_llm: FakeLLM) -> None:
    anna = await world.person("anna")
    chat = await anna.chat()
    await anna.attach(chat, "tides.csv", b"port,tide\nLisbon,3.8\n")
    listed = await ingest_one(anna, path="attachments", session_id=chat)
    assert "done" in outcomes(listed).values()
    one = await ingest_one(anna, path="attachments/tides.csv", session_id=chat)
    (memory,) = await chunks(anna, one["files"][0]["document_id"])
    assert memory["text"] == "port: Lisbon | tide: 3.8"
    assert memory["source"]["session_id"] == chat


async def test_lists_are_paged(world: World) -> None:
    anna = await world.person("anna")
    job = await ingest(anna, {f"n{number}.md": f"Number {number}.".encode() for number in range(5)})
    path = f"/my/memory/jobs/{job['id']}/files"
    first = await anna.get(path, limit=3)
    rest = await anna.get(path, limit=3, cursor=first["next_cursor"])
    assert [one["name"] for one in [*first["items"], *rest["items"]]] == [f"n{number}.md" for number in range(5)]
    assert rest["next_cursor"] is None
    found_ = await anna.get("/my/memory/documents", q="n3")
    assert [one["name"] for one in found_["items"]] == ["n3.md"]


@pytest.mark.parametrize("alias", ["/api/v1/memory/ingest"])
async def test_the_names_of_the_other_api_work(world: World, alias: str) -> None:
    anna = await world.person("anna")
    job = await anna.post(alias, {"text": "The tide turns at six.", "name": "tide"}, 202)
    done = await until(anna, job["id"], lambda one: one["status"] == "done")
    assert (await anna.get(f"/api/v1/memory/jobs/{job['id']}"))["files"] == done["files"]


async def test_an_archive_read_once_more_keeps_no_bytes_of_what_is_read(world: World) -> None:
    """Its server died after the first of its files were read, before the last was unpacked."""
    anna = await world.person("anna")
    job = await ingest(anna, {"repo.zip": zipped({"repo/a.md": "The tide turns.", "repo/b.md": "The pier is old."})})
    archive = next(one["id"] for one in job["files"] if one["name"] == "repo.zip")
    blobs, folder = world.services.get(Stores).blobs, f"ingest/{job['id']}/"
    await blobs.put(anna.id, f"{folder}{archive}", zipped({"repo/a.md": "The tide turns.", "repo/c.md": "New."}))
    async with world.services.get(Stores).database.write(anna.id) as session:
        row = await session.get_one(FileRow, archive)
        row.status, row.blob_key = "waiting", f"{folder}{archive}"
    world.services.get(Worker).wake()
    async with asyncio.timeout(30):
        while (  # noqa: ASYNC110  what goes on is another task's
            len((await anna.get("/my/memory/documents"))["items"]) < 3 or await blobs.keys(anna.id, folder)
        ):
            await asyncio.sleep(0.05)
