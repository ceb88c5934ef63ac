"""Two wordings of an agent are compared: a conversation keeps its variant, and the table says how much it says."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.agents.prompts.experiments import pick
from entourage.agents.prompts.results import summed, wilson
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Fault, Reply, say
from tests.world import Person, World

VARIANTS = [{"name": "as-it-is"}, {"name": "short", "instructions": "ONE WORD ONLY"}]
SHORT = {"name": "shorter", "agent": "universal", "variants": VARIANTS}


@pytest.fixture
async def ana(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("ana")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person


async def test_a_conversation_keeps_its_variant_and_the_agent_is_told_its_wording(ana, fake_llm):
    told: list[str] = []

    def script(c: Conversation) -> Reply:
        told.append("short" if c.system.startswith("ONE WORD ONLY") else "as-it-is")
        return say("ok")

    fake_llm.play(script)
    experiment = await ana.post("/my/experiments", SHORT, 201)
    seen: list[str] = []
    for _ in range(6):
        chat = await ana.chat()
        for _ in range(2):
            sent = await ana.say(chat, "@universal hello")
            run = await ana.get(f"/my/runs/{sent['run_id']}")
            assert run["variant"]["experiment_id"] == experiment["id"]
            seen.append(run["variant"]["name"])
    assert seen == told
    assert seen[::2] == seen[1::2]
    results = (await ana.get(f"/my/experiments/{experiment['id']}/results"))["items"]
    assert [row["variant"] for row in results] == ["as-it-is", "short"]
    assert sum(row["runs"] for row in results) == sum(row["succeeded"] for row in results) == 12
    assert all(row["is_small_sample"] for row in results)


async def test_results_tell_failures_tokens_times_and_steps(ana, fake_llm):
    only = [{"name": "a"}, {"name": "b", "weight": 0.000001}]
    experiment = await ana.post("/my/experiments", {**SHORT, "variants": only}, 201)
    await ana.say(await ana.chat(), "@universal hello")
    fake_llm.play(lambda _: Reply(fault=Fault("status", 400, "bad", "no")))
    await ana.say(await ana.chat(), "@universal hello")
    first, second = (await ana.get(f"/my/experiments/{experiment['id']}/results"))["items"]
    assert (first["runs"], first["succeeded"], first["failed"]) == (2, 1, 1)
    assert first["success_low"] < 0.5 < first["success_high"]
    assert first["p50_ms"] <= first["p95_ms"]
    assert first["mean_tokens"] > 0
    assert first["steps"] == 0.5
    assert (second["runs"], second["success_low"], second["p50_ms"], second["steps"]) == (0, None, None, None)


async def test_an_experiment_is_stopped_and_started_and_then_means_something(ana):
    experiment = await ana.post("/my/experiments", SHORT, 201)
    path = f"/my/experiments/{experiment['id']}"
    await ana.post("/my/experiments", {**SHORT, "name": "other"}, 409)
    assert (await ana.client.patch(path, json={"status": "stopped"})).json()["status"] == "stopped"
    other = await ana.post("/my/experiments", {**SHORT, "name": "other"}, 201)
    assert (await ana.client.patch(path, json={"status": "running"})).status_code == 409
    await ana.client.delete(f"/my/experiments/{other['id']}")
    assert (await ana.client.patch(path, json={"status": "running"})).status_code == 200
    sent = await ana.say(await ana.chat(), "@universal hello")
    assert (await ana.get(f"/my/runs/{sent['run_id']}"))["variant"]
    assert (await ana.client.patch(path, json={"variants": VARIANTS[::-1]})).status_code == 409
    await ana.client.patch(path, json={"status": "stopped"})
    sent = await ana.say(await ana.chat(), "@universal hello")
    assert (await ana.get(f"/my/runs/{sent['run_id']}"))["variant"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"agent": "nobody"},
        {"variants": VARIANTS[:1]},
        {"variants": [VARIANTS[0], VARIANTS[0]]},
        {"variants": [{"name": "a", "weight": 0}, {"name": "b"}]},
        {"sticky": "moon"},
    ],
)
async def test_what_compares_nothing_is_refused(ana, change):
    assert (await ana.post("/my/experiments", {**SHORT, **change}, 422))["status"] == 422


async def test_experiments_of_others_are_not_there(ana, world):
    bea = await world.person("bea")
    path = f"/my/experiments/{(await ana.post('/my/experiments', SHORT, 201))['id']}"
    assert (await bea.client.get(path)).status_code == 404
    assert (await bea.client.get(f"{path}/results")).status_code == 404
    assert (await bea.client.patch(path, json={"status": "stopped"})).status_code == 404
    assert (await bea.client.delete(path)).status_code == 404
    assert (await bea.get("/my/experiments"))["items"] == []


def _variants(*weights: float) -> list[dict[str, Any]]:
    return [{"name": str(index), "weight": weight} for index, weight in enumerate(weights)]


@given(st.text(), st.text(), st.lists(st.floats(0.001, 1000), min_size=2, max_size=10))
def test_the_same_conversation_always_gets_the_same_variant(experiment, session, weights):
    variants = _variants(*weights)
    assert pick(experiment, session, variants) is pick(experiment, session, variants)


def test_over_many_conversations_the_weights_are_kept():
    counted = Counter(pick("experiment", f"chat-{number}", _variants(1, 3))["name"] for number in range(4000))
    assert 0.72 < counted["1"] / 4000 < 0.78


def test_bounds_are_wide_for_few_runs_and_narrow_for_many():
    assert wilson(1, 1) == (pytest.approx(0.2065, abs=1e-3), 1.0)
    assert wilson(900, 1000) == (pytest.approx(0.8799, abs=1e-3), pytest.approx(0.9171, abs=1e-3))
    assert wilson(0, 10)[0] == 0.0


def test_cancelled_runs_are_neither_successes_nor_failures():
    usage = {"input_tokens": 10, "output_tokens": 5, "cost_usd": "0.002"}
    rows = [({"name": "a"}, status, usage, 1000, 1000 + 100 * at, 1) for at, status in enumerate(["succeeded"] * 30, 1)]
    rows.append(({"name": "a"}, "cancelled", None, 1000, 9000, 2))
    told = summed("a", rows)
    assert (told.runs, told.succeeded, told.failed, told.is_small_sample) == (31, 30, 0, False)
    assert (told.mean_cost_usd, told.mean_tokens, told.p50_ms, told.p95_ms) == ("0.002000", 15.0, 1600, 3000)
