"""Memory of a workspace: who may do what with it, and that it ends when their right does."""

from __future__ import annotations

from typing import Any

from entourage.memory.service import Memories
from tests.agents.remembering.talking import store
from tests.memory.ingest.asking import ingest_one
from tests.memory.sharing.spaces import ASKED, HERON, shared
from tests.workspaces.places import API
from tests.world import Person, World


async def statuses(person: Person, workspace: str, memory_id: str) -> dict[str, int]:
    """What each door answers this person."""
    here = {"workspace": workspace}
    asks: dict[str, tuple[str, str, dict[str, Any]]] = {
        "search": ("POST", "/my/memory/search", {"json": {"query": "heron", **here}}),
        "list": ("GET", "/my/memory", {"params": here}),
        "one": ("GET", f"/my/memory/{memory_id}", {}),
        "stats": ("GET", "/my/memory/stats", {"params": here}),
        "settings": ("GET", "/my/memory/settings", {"params": here}),
        "export": ("GET", "/my/memory/export", {"params": here}),
        "documents": ("GET", "/my/memory/documents", {"params": here}),
        "store": ("POST", "/my/memory", {"json": {"text": "Boats leave at nine.", **here}}),
        "change": ("PATCH", f"/my/memory/{memory_id}", {"json": {"tags": ["seen"]}}),
        "forget": ("POST", "/my/memory/forget", {"json": {"query": "nothing", "dry_run": True, **here}}),
        "ingest": ("POST", "/my/memory/ingest", {"json": {"text": "Tides", "name": "tides.md", **here}}),
        "import": ("POST", "/my/memory/import", {"params": here, "headers": {"content-type": "application/x-ndjson"}}),
        "decide": ("PUT", "/my/memory/settings", {"params": here, "json": {"keep_interactions_days": 30}}),
    }
    return {
        name: (await person.client.request(way, path, **more)).status_code for name, (way, path, more) in asks.items()
    }


READS = ("search", "list", "one", "stats", "settings", "export", "documents")
WRITES = ("store", "change", "forget", "ingest", "import")


async def test_each_role_does_what_it_may_and_its_end_takes_effect_at_once(world: World) -> None:
    space = await shared(world)
    stored = await space.store(space.ben, HERON)
    assert (stored["workspace"], stored["author"]) == (space.id, {"id": space.ben.id, "name": "Ben"})
    told = await statuses(space.dan, space.id, stored["id"])
    assert set(told.values()) == {404}
    told = await statuses(space.cleo, space.id, stored["id"])
    assert {told[name] for name in READS} == {200}
    assert {told[name] for name in (*WRITES, "decide")} == {403}
    told = await statuses(space.ben, space.id, stored["id"])
    assert {told[name] for name in READS} == {200}
    assert all(told[name] < 300 for name in WRITES)
    assert told["decide"] == 403
    assert (await statuses(space.ana, space.id, stored["id"]))["decide"] == 200
    await space.ana.client.patch(space.member(space.ben), json={"role": "viewer"})
    assert (await statuses(space.ben, space.id, stored["id"]))["store"] == 403
    await space.ana.client.delete(space.member(space.ben))
    assert set((await statuses(space.ben, space.id, stored["id"])).values()) == {404}
    assert (await space.ben.post("/my/memory/search", {"query": ASKED, "workspaces": True}, 200))["items"] == []
    assert (await space.texts(space.cleo))[0] == HERON


async def test_twins_never_mix_and_one_may_look_into_all(world: World) -> None:
    space = await shared(world)
    boats = await space.ben.post(API, {"name": "Boats"}, 201)
    await space.store(space.ana, HERON)
    twin = await space.ben.post("/my/memory", {"text": HERON, "workspace": boats["id"]}, 201)
    own = await store(space.ben, HERON)
    await world.services.get(Memories).settled(boats["id"])
    asked = {"query": ASKED, "workspaces": True}
    hits = (await space.ben.post("/my/memory/search", asked, 200))["items"]
    assert {hit["memory"]["workspace"] for hit in hits} == {None, space.id, boats["id"]}
    hits = (await space.cleo.post("/my/memory/search", asked, 200))["items"]
    assert [hit["memory"]["workspace"] for hit in hits] == [space.id]
    assert (await space.cleo.post("/my/memory/search", {"query": ASKED}, 200))["items"] == []
    assert (await space.ben.client.delete(f"/my/memory/{twin['id']}")).status_code == 204
    assert await space.texts(space.cleo) == [HERON]
    assert (await space.ben.get(f"/my/memory/{own['id']}"))["author"] is None


async def test_who_words_it_anew_is_its_author(small_world: World) -> None:
    space = await shared(small_world)
    stored = await space.store(space.ana, HERON)
    path = f"/my/memory/{stored['id']}"
    tagged = await space.ben.client.patch(path, json={"tags": ["infra"]})
    assert tagged.json()["author"]["id"] == space.ana.id
    worded = await space.ben.client.patch(path, json={"text": "The staging server is called osprey."})
    assert worded.json()["author"]["id"] == space.ben.id


async def test_documents_exports_and_imports_are_the_workspaces(small_world: World) -> None:
    space = await shared(small_world)
    job = await ingest_one(space.ben, text=HERON, name="servers.md", workspace=space.id)
    assert (job["workspace"], job["author"]["name"], job["status"]) == (space.id, "Ben", "done")
    here = {"workspace": space.id}
    [document] = (await space.cleo.get("/my/memory/documents", **here))["items"]
    assert document["author"]["id"] == space.ben.id
    assert (await space.cleo.get(f"/my/memory/documents/{document['id']}"))["chunks_total"] == 1
    assert (await space.ben.get("/my/memory/documents"))["items"] == []
    lines = (await space.cleo.client.get("/my/memory/export", params=here)).content
    kind = {"content-type": "application/x-ndjson"}
    taken = await space.dan.client.post("/my/memory/import", content=lines, headers=kind)
    assert taken.json()["imported"] == 1
    [own] = (await space.dan.get("/my/memory"))["items"]
    assert (own["text"], own["workspace"], own["author"]) == (HERON, None, None)
    back = await space.ana.client.post("/my/memory/import", content=lines, headers=kind, params=here)
    assert (back.json()["imported"], back.json()["failed"]) == (1, 0)  # a part of a document, and now a saying of Ana's
