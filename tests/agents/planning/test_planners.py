"""Planners that go wrong: what can be mended is, what cannot ends in an answer that says why, never in a dead end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.agents.planning.following import begin, reply_of, states, until_ended, until_free, until_status
from tests.e2e.walking import text_of
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.planning import PLAN_TOOL, RESEARCH, plan, planned_by, task
from tests.fakes.replies import Call, Fault, Reply, say
from tests.world import Person, World

CYCLE = [task("a", "coder", "A", "b"), task("b", "coder", "B", "a")]
UNKNOWN = [task("a", "reseacher", "A")]
MANY = [task(f"t{n}", "coder", f"T{n}") for n in range(500)]
MALFORMED = Reply(calls=(Call(PLAN_TOOL, raw='{"tasks": [{"key": '),))
NONSENSE = Reply(calls=(Call(PLAN_TOOL, {"tasks": "as many as you like"}),))
REFUSAL = say("I cannot help with that.", stubborn=True, stop="refusal")

WRONG: list[Any] = [
    pytest.param(plan(CYCLE), "in a circle", id="a cycle"),
    pytest.param(plan(UNKNOWN), "did you mean 'researcher'?", id="an unknown agent"),
    pytest.param(plan(MANY), "at most 50 tasks, and this one has 500", id="500 tasks"),
    pytest.param(NONSENSE, 'a list "tasks"', id="nonsense"),
    pytest.param(MALFORMED, "no JSON object", id="malformed JSON"),
    pytest.param(REFUSAL, "I cannot help with that.", id="a refusal"),
]


def planner_asked(fake_llm: FakeLLM) -> list[Any]:
    """The requests that were the planner's."""
    bodies = [request["body"] for request in fake_llm.requests if request["path"].endswith("/chat/completions")]
    return [body for body in bodies if any(tool["function"]["name"] == PLAN_TOOL for tool in body.get("tools", []))]


@pytest.mark.parametrize(("wrong", "told"), WRONG)
async def test_a_wrong_plan_is_put_right_when_the_planner_is_told(
    small_anna: Person, fake_llm: FakeLLM, wrong: Reply, told: str
) -> None:
    fake_llm.play(planned_by(lambda c: wrong if len(c.turns) == 1 else plan(RESEARCH)))
    proposed = await until_status(small_anna, await begin(small_anna), "proposed")
    assert len(proposed["tasks"]) == len(RESEARCH)
    first, second = planner_asked(fake_llm)
    assert len(second["messages"]) == len(first["messages"]) + 2
    assert told in str(second["messages"][-1]) or "gave no plan" in str(second["messages"][-1])


@pytest.mark.parametrize(("wrong", "told"), WRONG)
async def test_what_stays_wrong_is_told_and_the_general_agent_answers(
    small_anna: Person, fake_llm: FakeLLM, wrong: Reply, told: str
) -> None:
    fake_llm.play(planned_by(lambda _: wrong))
    ended = await until_ended(small_anna, begun := await begin(small_anna))
    assert ended["status"] == "failed"
    assert told in ended["reason"]
    reply = await until_reply(small_anna, begun)
    assert (reply["status"], reply["parts"][0]["type"]) == ("done", "plan")
    assert "There is no plan for this." in text_of(reply)
    assert len(planner_asked(fake_llm)) == 3


async def test_plans_of_small_faults_are_not_sent_back(small_anna: Person, fake_llm: FakeLLM) -> None:
    items = [
        {"title": "First", "agent": "@Coder", "instructions": "Do it."},
        {"key": "Second One", "agent": "coder", "instructions": "Then this.", "depends_on": ["first", "first"]},
    ]
    fake_llm.play(planned_by(lambda _: plan(items)))
    proposed = await until_status(small_anna, await begin(small_anna), "proposed")
    assert list(states(proposed)) == ["first", "second-one"]
    assert [one["depends_on"] for one in proposed["tasks"]] == [[], ["first"]]
    assert len(planner_asked(fake_llm)) == 1


async def test_a_plan_in_words_of_json_is_a_plan(small_anna: Person, fake_llm: FakeLLM) -> None:
    words = '```json\n{"tasks": [{"key": "a", "agent": "coder", "instructions": "Do it."}]}\n```'
    fake_llm.play(planned_by(lambda _: say(words, stubborn=True)))
    assert list(states(await until_status(small_anna, await begin(small_anna), "proposed"))) == ["a"]


async def test_a_provider_that_fails_for_a_moment_is_asked_again(small_anna: Person, fake_llm: FakeLLM) -> None:
    def planner(c: Conversation) -> Reply:
        fault = Fault("status", 503, "unavailable", "Busy", 0) if c.repeats < 2 else None
        return Reply(calls=plan(RESEARCH).calls, fault=fault)

    fake_llm.play(planned_by(planner))
    proposed = await until_status(small_anna, await begin(small_anna), "proposed")
    assert len(proposed["tasks"]) == len(RESEARCH)
    assert len(planner_asked(fake_llm)) == 3


async def test_without_a_model_the_plan_fails_with_the_way_out(small_world: World) -> None:
    ben = await small_world.person("ben")
    ended = await until_ended(ben, begun := await begin(ben, "Research it"))
    assert (ended["status"], "Connect one under Models" in ended["reason"]) == ("failed", True)
    assert (await until_reply(ben, begun))["status"] == "done"


async def until_reply(person: Person, begun: dict[str, Any]) -> dict[str, Any]:
    """The turn when it is whole: it goes on after a plan that failed."""
    await until_run_ended(person, begun)
    await until_free(person, begun["session_id"])
    return await reply_of(person, begun)


async def until_run_ended(person: Person, begun: dict[str, Any]) -> None:
    async with asyncio.timeout(60):
        async for event in person.events(begun["session_id"]):
            if event["type"] in ("task_completed", "task_failed") and event["data"]["run_id"] == begun["run_id"]:
                return
