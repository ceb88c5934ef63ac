"""Forgetting, pruning, consolidation; export and import."""

import json

from entourage.kit.clock import now_ms
from entourage.memory.keeping import Keeping
from tests.memory.remembering import remember, search, settled

DAY_MS = 86_400_000


async def texts(person):
    return {item["text"] for item in (await person.get("/my/memory", limit=200))["items"]}


async def test_a_dry_run_forgets_nothing(world):
    ana = await world.person("ana")
    stored = await remember(ana, "The vault code is 4711.", source={"type": "file", "name": "codes.md"})
    told = await ana.post("/my/memory/forget", {"source": "codes.md", "dry_run": True}, 200)
    assert (told["forgotten"], told["ids"], told["items"][0]["id"]) == (1, [stored["id"]], stored["id"])
    assert len(await texts(ana)) == 1
    assert (await ana.post("/my/memory/forget", {"source": "codes.md"}, 200))["forgotten"] == 1
    assert await texts(ana) == set()


async def test_forgetting_needs_a_reason(small_world):
    ana = await small_world.person("ana")
    assert (await ana.client.post("/my/memory/forget", json={})).status_code == 422


async def test_forgetting_by_meaning_leaves_the_rest(world):
    ana = await world.person("ana")
    await remember(ana, "My bank account is at the Bank of Porto.")
    await remember(ana, "The tomatoes on the balcony need water every morning.")
    await settled(world, ana)
    wish = {"query": "which bank is my account with", "min_score": 0.84}
    assert (await ana.post("/my/memory/forget", {**wish, "dry_run": True}, 200))["forgotten"] == 1
    assert (await ana.post("/my/memory/forget", wish, 200))["forgotten"] == 1
    assert await texts(ana) == {"The tomatoes on the balcony need water every morning."}


async def test_everything_given_must_fit(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "one", agent="coder")
    await remember(ana, "two", agent="coder", kind="interaction")
    await remember(ana, "three")
    told = await ana.post("/my/memory/forget", {"agent": "coder", "kind": "fact"}, 200)
    assert told["forgotten"] == 1
    assert await texts(ana) == {"two", "three"}


async def test_old_talk_goes_and_important_things_stay(world):
    ana = await world.person("ana")
    await ana.client.put("/my/memory/settings", json={"keep_interactions_days": 1})
    for text, more in {
        "old talk": {"kind": "interaction"},
        "old but important": {"kind": "interaction", "importance": 1},
        "an old fact": {},
        "no longer true": {"valid_until": "2001-01-01T00:00:00Z"},
    }.items():
        await remember(ana, text, **more)
    await age(world, ana, days=3)
    await remember(ana, "new talk", kind="interaction")
    await world.services.get(Keeping).prune(ana.id)
    assert await texts(ana) == {"old but important", "an old fact", "new talk"}


async def test_what_is_too_much_goes_least_important_first(small_world):
    ana = await small_world.person("ana")
    await ana.client.put("/my/memory/settings", json={"max_memories": 100})
    for number in range(104):
        await remember(ana, f"fact {number}", importance=0.1 if number < 4 else 0.6)
    assert await small_world.services.get(Keeping).prune(ana.id) == 4
    assert not {f"fact {number}" for number in range(4)} & await texts(ana)


async def test_repeated_facts_become_one_and_surer(world):
    ana = await world.person("ana")
    await remember(ana, "The staging server is called heron.", confidence=0.6, tags=["a"])
    await remember(ana, "The staging server is called heron", confidence=0.6, tags=["b"])
    await remember(ana, "The staging server is called osprey.")
    await settled(world, ana)
    told = await ana.post("/my/memory/consolidate", {}, 200)
    assert (told["merged"], told["removed"]) == (1, 1)
    assert await texts(ana) == {"The staging server is called heron", "The staging server is called osprey."}
    kept = (await ana.get("/my/memory", q="heron"))["items"][0]
    assert (kept["repeats"], kept["confidence"], sorted(kept["tags"])) == (2, 0.84, ["a", "b"])


async def test_facts_that_differ_in_a_number_stay_apart(small_world):
    ana = await small_world.person("ana")
    await remember(ana, "The backup of the orders database is kept for 30 days.")
    await remember(ana, "The backup of the orders database is kept for 90 days.")
    await remember(ana, "The backup of the orders database is not kept for 90 days.")
    await settled(small_world, ana)
    assert (await ana.post("/my/memory/consolidate", {}, 200))["removed"] == 0


async def test_an_export_can_be_imported_twice(world):
    ana, ben = await world.person("ana"), await world.person("ben")
    await remember(ana, "Olá, mundo", tags=["x"], source={"type": "url", "url": "https://example.com"}, importance=0.9)
    await remember(ana, "Привет", kind="interaction", agent="coder", metadata={"a": [1]})
    exported = (await ana.client.get("/my/memory/export")).content
    assert [json.loads(line)["text"] for line in exported.splitlines()] == ["Olá, mundo", "Привет"]
    first, again = [await import_lines(ben, exported) for _ in range(2)]
    assert (first["imported"], first["skipped"], first["failed"]) == (2, 0, 0)
    assert (again["imported"], again["skipped"], again["failed"]) == (0, 2, 0)
    kept = (await ben.get("/my/memory"))["items"]
    assert kept[1]["source"]["url"] == "https://example.com"
    assert (kept[1]["importance"], kept[0]["agent"], kept[0]["metadata"]) == (0.9, "coder", {"a": [1]})
    await settled(world, ben)
    assert (await search(ben, "hello world"))["items"]


async def test_wrong_lines_are_told_by_number_and_the_rest_goes_on(small_world):
    ana = await small_world.person("ana")
    lines = [
        '{"text": "one"}',
        "{broken",
        "[]",
        '{"text": ""}',
        "",
        '{"text": "two", "kind": "dream"}',
        '{"text": "three"}',
    ]
    told = await import_lines(ana, "\n".join(lines).encode())
    assert (told["imported"], told["failed"]) == (2, 4)
    assert [error["line"] for error in told["errors"]] == [2, 3, 4, 6]
    assert await texts(ana) == {"one", "three"}


async def test_an_import_of_another_kind_is_refused(small_world):
    ana = await small_world.person("ana")
    answer = await ana.client.post("/my/memory/import", content=b"x", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


async def test_statistics_tell_how_memory_stands(world):
    ana = await world.person("ana")
    await remember(ana, "A fact.")
    await remember(ana, "def f(): pass", kind="document", content="code")
    await settled(world, ana)
    stats = await ana.get("/my/memory/stats")
    assert (stats["counts"], stats["pending"], stats["reindex"]) == (
        {"interaction": 0, "document": 1, "fact": 1},
        0,
        None,
    )
    assert sorted(one["points"] for one in stats["collections"]) == [1, 1]
    assert stats["embedder"]["local"] is True


async def import_lines(person, content):
    answer = await person.client.post(
        "/my/memory/import", content=content, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def age(world, person, *, days):
    from sqlalchemy import update

    from entourage.assembly import Stores
    from entourage.memory.tables import MemoryRow

    async with world.services.get(Stores).database.write(person.id) as session:
        await session.execute(update(MemoryRow).values(created_ms=now_ms() - days * DAY_MS))
