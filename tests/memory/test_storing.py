"""What is remembered is kept once, can be corrected and forgotten, and is nobody else's."""

import pytest

from tests.memory.remembering import remember, search, settled


async def test_a_memory_is_found_by_its_meaning_and_says_why(world):
    ana = await world.person("ana")
    stored = await remember(ana, "The staging server is called heron.", tags=["infra"])
    await remember(ana, "Water boils at a lower temperature high in the mountains.")
    await settled(world, ana)
    found = await search(ana, "what is the name of the server for staging")
    best = found["items"][0]
    assert best["memory"]["id"] == stored["id"]
    assert best["memory"]["indexed"] is True
    assert best["why"]["dense"]["rank"] == 1
    assert {"server", "staging"} <= set(best["why"]["sparse"]["terms"])
    assert "words: " in best["why"]["text"]
    assert found["mode"] == "hybrid"


async def test_the_same_is_kept_once(world):
    ana = await world.person("ana")
    first = await ana.post("/my/memory", {"text": "Tea at five."}, 201)
    again = await ana.post("/my/memory", {"text": "  Tea at\nfive. "}, 200)
    assert again["id"] == first["id"]
    assert again["repeats"] == 2
    other = await ana.post("/my/memory", {"text": "Tea at five.", "agent": "coder"}, 201)
    assert other["id"] != first["id"]


async def test_a_corrected_memory_is_found_by_its_new_wording(world):
    ana = await world.person("ana")
    stored = await remember(ana, "The office cat is called Whiskers.")
    changed = await ana.client.patch(f"/my/memory/{stored['id']}", json={"text": "The rooftop garden grows tomatoes."})
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    await settled(world, ana)
    found = await search(ana, "vegetables on the roof")
    assert found["items"][0]["memory"]["text"] == "The rooftop garden grows tomatoes."


async def test_a_stale_correction_is_refused(world):
    ana = await world.person("ana")
    stored = await remember(ana, "Tea at five.")
    etag = (await ana.client.get(f"/my/memory/{stored['id']}")).headers["etag"]
    path = f"/my/memory/{stored['id']}"
    assert (await ana.client.patch(path, json={"importance": 1}, headers={"If-Match": etag})).status_code == 200
    assert (await ana.client.patch(path, json={"importance": 0}, headers={"If-Match": etag})).status_code == 412
    assert (await ana.client.delete(path, headers={"If-Match": etag})).status_code == 412


async def test_a_correction_into_a_twin_is_refused(world):
    ana = await world.person("ana")
    await remember(ana, "Tea at five.")
    other = await remember(ana, "Tea at six.")
    answer = await ana.client.patch(f"/my/memory/{other['id']}", json={"text": "Tea at five."})
    assert answer.status_code == 409


async def test_a_forgotten_memory_is_nowhere(world):
    ana = await world.person("ana")
    stored = await remember(ana, "The vault code is 4711.")
    await settled(world, ana)
    assert (await ana.client.delete(f"/my/memory/{stored['id']}")).status_code == 204
    assert (await ana.client.get(f"/my/memory/{stored['id']}")).status_code == 404
    assert (await search(ana, "vault code"))["items"] == []


async def test_another_person_sees_nothing(world):
    ana, ben = await world.person("ana"), await world.person("ben")
    stored = await remember(ana, "The vault code is 4711.")
    await settled(world, ana)
    assert (await search(ben, "vault code"))["items"] == []
    assert (await ben.get("/my/memory"))["items"] == []
    path = f"/my/memory/{stored['id']}"
    assert (await ben.client.get(path)).status_code == 404
    assert (await ben.client.patch(path, json={"text": "mine"})).status_code == 404
    assert (await ben.client.delete(path)).status_code == 404
    told = await ben.post("/my/memory/forget", {"ids": [stored["id"]]}, 200)
    assert told["forgotten"] == 0
    assert (await ana.client.get(path)).status_code == 200


async def test_lists_page_and_filter(world):
    ana = await world.person("ana")
    for number in range(5):
        await remember(ana, f"Fact number {number}", tags=["even" if number % 2 == 0 else "odd"])
    await remember(
        ana, "said in a chat", kind="interaction", agent="coder", source={"type": "chat", "session_id": "s1"}
    )
    first = await ana.get("/my/memory", limit=4)
    rest = await ana.get("/my/memory", limit=4, cursor=first["next_cursor"])
    texts = [item["text"] for item in (*first["items"], *rest["items"])]
    assert texts == ["said in a chat", *(f"Fact number {number}" for number in (4, 3, 2, 1, 0))]
    assert rest["next_cursor"] is None
    assert len((await ana.get("/my/memory", tag="even"))["items"]) == 3
    assert len((await ana.get("/my/memory", kind="interaction"))["items"]) == 1
    assert len((await ana.get("/my/memory", agent="coder"))["items"]) == 1
    assert len((await ana.get("/my/memory", source="chat"))["items"]) == 1
    assert len((await ana.get("/my/memory", source="s1"))["items"]) == 1
    assert len((await ana.get("/my/memory", q="number 3"))["items"]) == 1


async def test_a_text_over_the_budget_is_split_and_nothing_is_cut(world):
    ana = await world.person("ana")
    sentences = [f"Paragraph {number} tells of {word} things." for number, word in enumerate(["odd", "plain"] * 50)]
    first = await remember(ana, "\n\n".join([*sentences, "The secret word at the very end is mongoose."]))
    assert first["metadata"]["parts"] > 1
    await settled(world, ana)
    best = (await search(ana, "what is the secret word", limit=1))["items"][0]["memory"]
    assert "mongoose" in best["text"]
    parts = [item for item in (await ana.get("/my/memory", limit=100))["items"] if item["metadata"].get("parts")]
    everything = " ".join(item["text"] for item in parts)
    assert all(sentence in everything for sentence in sentences)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "  "},
        {"text": "x", "kind": "dream"},
        {"text": "x", "importance": 2},
        {"text": "x", "id": "y"},
    ],
)
async def test_nonsense_is_refused(small_world, body):
    ana = await small_world.person("ana")
    assert (await ana.client.post("/my/memory", json=body)).status_code == 422


async def test_the_names_of_the_ide_are_aliases(small_world):
    ana = await small_world.person("ana")
    stored = await ana.post("/api/v1/memory/store", {"text": "Lunch is at noon."}, 201)
    await settled(small_world, ana)
    found = await ana.post("/api/v1/memory/search", {"query": "when is lunch"}, 200)
    assert found["items"][0]["memory"]["id"] == stored["id"]
    assert len((await ana.get("/api/v1/memory"))["items"]) == 1
    assert (await ana.get(f"/api/v1/memory/{stored['id']}"))["text"] == "Lunch is at noon."
    assert (await ana.client.delete(f"/api/v1/memory/{stored['id']}")).status_code == 204


async def test_vectors_of_texts_can_be_had(small_world):
    ana = await small_world.person("ana")
    told = await ana.post("/my/memory/embed", {"texts": ["hello", "goodbye"], "kind": "query"}, 200)
    assert [len(vector) for vector in told["vectors"]] == [told["dimensions"]] * 2
    refused = await ana.client.post("/my/memory/embed", json={"texts": ["word " * 3000]})
    assert refused.status_code == 422
