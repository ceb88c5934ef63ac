"""A message that names nobody goes to whom its words ask for; who is named, and what is unsure, is left alone."""

import json
from typing import Any

import pytest

from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, say
from tests.world import Person, World, open_world

AGENT = "Fix the bug in utils/dates.py and run the tests"
DESKTOP = "Open the browser, go to the shop and take a screenshot"
COMMAND = "Switch the interface to the dark theme"
DIRECT = "What is the difference between TCP and UDP?"
PLAN = "Build a whole web shop: database, backend, frontend, payment, tests and documentation"
FAIRLY = "Проанализируй файл sales.csv и найди аномалии"
UNSURE = "as discussed"


def who(c: Conversation) -> Reply:
    """Says whose instructions it was given, and what it was told by tools."""
    told = " | ".join(result.text for result in c.results)
    return say(f"{c.system.splitlines()[0][:40]} :: {told or c.user_text}")


@pytest.fixture
async def ana(small_world: World, fake_llm: FakeLLM) -> Person:
    person = await small_world.person("ana")
    fake_llm.play(who)
    await person.connect(fake_llm.openai_url, ["plain"])
    return person


async def _answered(person: Person, text: str, **more: Any) -> tuple[str, dict[str, Any]]:
    sent = await person.say(await person.chat(), text, **more)
    return sent["reply"]["agent"], await person.get(f"/my/runs/{sent['run_id']}")


@pytest.mark.parametrize(
    ("text", "agent", "handler"),
    [
        (AGENT, "coder", "agent"),
        (DESKTOP, "operator", "desktop"),
        (COMMAND, "command", "command"),
        (DIRECT, "orchestrator", "direct"),
        (UNSURE, "orchestrator", "general"),
    ],
)
async def test_a_request_goes_to_whom_it_asks_for(ana, text, agent, handler):
    answered, run = await _answered(ana, text)
    assert (answered, run["routed"]["handler"]) == (agent, handler)
    told = await ana.post("/my/route", {"text": text}, 200)
    assert (told["agent"], told["handler"], told["intent"]) == (agent, handler, run["routed"]["intent"])
    assert sum(told["scores"].values()) == pytest.approx(1, abs=0.01)


async def test_a_fairly_sure_request_is_answered_by_the_specialist_and_taken_up_by_the_general_agent(ana, fake_llm):
    chat = await ana.chat()
    await ana.say(chat, "@universal the file came from Maria")
    before = len(fake_llm.requests)
    sent = await ana.say(chat, FAIRLY)
    reply = sent["reply"]
    run = await ana.get(f"/my/runs/{sent['run_id']}")
    assert run["routed"] == {**run["routed"], "handler": "composite", "intent": "agent", "first": "coder"}
    assert reply["agent"] == "orchestrator"
    call, text = reply["parts"]
    assert (call["tool"], call["args"]["agent"], call["status"]) == ("call_agent", "coder", "ok")
    assert "the file came from Maria" in call["args"]["task"]
    assert text["text"].startswith("You lead a small team")
    assert "You are a programmer" in text["text"]
    assert len(fake_llm.requests) == before + 2, "the first step costs no model call"


async def test_both_agents_of_a_composite_answer_use_the_model_that_was_chosen(ana):
    sent = await ana.say(await ana.chat(), FAIRLY, model="fake/echo")
    child = await ana.get(f"/my/runs/{sent['reply']['parts'][0]['child']['run_id']}")
    assert child["model"] == "fake/echo"


async def test_the_events_tell_what_a_request_was_taken_for(ana):
    chat = await ana.chat()
    sent = await ana.say(chat, COMMAND, wait=False)
    events = await ana.events_until(chat, "task_completed", after=sent["seq"])
    queued = next(event for event in events if event["type"] == "task_queued")
    assert queued["data"]["routed"]["intent"] == "command"


async def test_who_is_named_answers_whatever_is_asked(ana):
    for more in ({"text": f"@researcher {AGENT}"}, {"text": AGENT, "target_agent": "researcher"}):
        agent, run = await _answered(ana, **more)
        assert (agent, run["routed"]) == ("researcher", None)


async def test_a_person_can_switch_the_router_off(ana):
    assert (await ana.client.patch("/my/preferences", json={"routing": "off"})).status_code == 200
    agent, run = await _answered(ana, AGENT)
    assert (agent, run["routed"]) == ("orchestrator", None)
    assert (await ana.post("/my/route", {"text": AGENT}, 200))["agent"] == "coder"


async def test_a_person_can_say_how_to_answer(ana):
    agent, run = await _answered(ana, AGENT, mode="direct")
    assert (agent, run["routed"]["handler"]) == ("orchestrator", "direct")
    agent, run = await _answered(ana, "A good day to look into the papers on the web", mode="agent")
    assert agent == "researcher"
    told = await ana.post("/my/route", {"text": DIRECT, "mode": "plan"}, 200)
    assert (told["kind"], told["agent"]) == ("plan", "orchestrator")


async def test_a_large_job_is_planned(ana):
    told = await ana.post("/my/route", {"text": PLAN}, 200)
    assert (told["kind"], told["handler"], told["agent"]) == ("plan", "plan", "orchestrator")


async def test_a_specialist_that_is_not_there_is_not_asked(ana):
    for member in (await ana.get("/my/agents"))["items"]:
        if member["name"] in ("coder", "operator"):
            await ana.client.patch(f"/my/agents/{member['id']}", json={"status": "disabled"})
    assert (await _answered(ana, DESKTOP))[0] == "orchestrator"
    assert (await _answered(ana, AGENT))[0] != "coder"


async def test_the_agent_a_person_prefers_answers_in_general(ana):
    await ana.client.patch("/my/preferences", json={"ai": {"default_agent": "universal"}})
    assert (await _answered(ana, UNSURE))[0] == "universal"
    assert (await _answered(ana, AGENT))[0] == "coder"


async def test_jobs_find_agents_of_ones_own_by_role_and_examples(ana):
    lawyer = {"name": "lawyer", "role": "Reads contracts and finds legal risks", "instructions": "You are a lawyer."}
    travel = {"name": "travel", "instructions": "You book trips.\n\nExamples:\n- Find a cheap hotel in Porto\n"}
    for new in (lawyer, travel):
        await ana.post("/my/agents", new, 201)
    told = await ana.post("/my/route", {"text": "Check the attached contract for risky clauses", "mode": "agent"}, 200)
    assert told["agent"] == "lawyer"
    told = await ana.post("/my/route", {"text": "Find a hotel in Lisbon for two nights", "mode": "agent"}, 200)
    assert told["agent"] == "travel"


async def test_without_a_language_model_the_orchestrator_answers_everything(small_world):
    bea = await small_world.person("bea")
    for text in (AGENT, PLAN, FAIRLY):
        agent, run = await _answered(bea, text)
        assert (agent, run["routed"], run["kind"]) == ("orchestrator", None, "turn")


async def test_when_unsure_the_model_is_asked_and_its_word_is_checked(tmp_path):
    asked: list[str] = []

    def script(c: Conversation) -> Reply:
        if "You sort requests" not in c.system:
            return who(c)
        asked.append(c.user_text)
        return say(f"Sure: {json.dumps({'intent': 'agent', 'agent': 'researcher'})}")

    async with open_world(tmp_path, route_by_model=True) as world:
        with FakeLLM() as llm:
            llm.play(script)
            ana = await world.person("ana")
            await ana.connect(llm.openai_url, ["plain"])
            sent = await ana.say(await ana.chat(), UNSURE)
            run = await ana.get(f"/my/runs/{sent['run_id']}")
            assert run["routed"]["handler"] == "composite"
            assert sent["reply"]["parts"][0]["args"]["agent"] == "researcher"
            await ana.say(await ana.chat(), AGENT)
            assert len(asked) == 1, "who is sure need not ask"
    assert UNSURE in asked[0]


async def test_a_model_that_says_nothing_of_use_is_no_reason_to_wait_or_fail(tmp_path):
    def script(c: Conversation) -> Reply:
        return say("I would rather not") if "You sort requests" in c.system else who(c)

    async with open_world(tmp_path, route_by_model=True) as world:
        with FakeLLM() as llm:
            llm.play(script)
            ana = await world.person("ana")
            await ana.connect(llm.openai_url, ["plain"])
            assert (await _answered(ana, UNSURE))[0] == "orchestrator"


@pytest.mark.parametrize(
    ("said", "intent", "agent"),
    [
        ('{"intent": "plan", "agent": null}', "plan", None),
        ('I think {"intent":"agent","agent":"@coder"} fits.', "agent", "coder"),
        ('{"intent": "agent", "agent": "nobody"}', "agent", None),
        ('{"intent": "dance"}', None, None),
        ("agent", None, None),
        ("{", None, None),
        ('{"intent": ["agent"]}', None, None),
    ],
)
def test_a_models_opinion_is_read_with_care(said, intent, agent):
    from entourage.agents.routing.asking import read_opinion

    opinion = read_opinion(said, {"coder"})
    assert (opinion.intent, opinion.agent) == (intent, agent) if opinion else intent is None


@pytest.mark.parametrize("text", ["/help", "```python\nprint(1)\n```", '{"a": 1}', "<html></html>"])
async def test_what_is_no_request_in_words_is_not_routed(ana, text):
    agent, run = await _answered(ana, text)
    assert (agent, run["routed"]) == ("orchestrator", None)
