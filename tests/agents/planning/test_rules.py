"""Tasks that fail: tried again, planned around, skipped, or the end of it all, by the rule of each; and what limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.agents.planning.following import begin, pending, reply_of, states, tasks, until, until_ended
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.planning import plan, planned_by, task
from tests.fakes.replies import Call, Fault, Reply, call, say
from tests.world import Person, open_world

BROKEN = Reply(fault=Fault("status", 400, "invalid_request_error", "The library is gone."))

Worker = Callable[[Conversation, str], Reply | None]


def breaking(*titles: str, times: int = 100) -> Worker:
    """Whoever does these tasks fails, as often as told."""
    return lambda c, title: BROKEN if title in titles and c.repeats < times else None


def planner(first: list[dict[str, Any]], *later: list[dict[str, Any]]) -> Callable[[Conversation], Reply]:
    """The first plan, and those for when it did not work out, in turn."""
    left = iter(later)
    return lambda c: plan(next(left) if "did not work out" in c.user_text else first)


async def carried_out(person: Person, fake_llm: FakeLLM, script: Callable[[Conversation], Reply]) -> dict[str, Any]:
    fake_llm.play(script)
    return await until_ended(person, await begin(person, approval="start"))


async def test_a_failed_task_is_tried_again(small_anna: Person, fake_llm: FakeLLM) -> None:
    script = planned_by(lambda _: plan([task("a", "coder", "A")]), breaking("A", times=1))
    ended = await carried_out(small_anna, fake_llm, script)
    assert (ended["status"], tasks(ended)["a"]["attempts"]) == ("succeeded", 2)
    runs = await small_anna.get("/my/runs", session_id=ended["session_id"])
    assert sorted(run["status"] for run in runs["items"] if run["task_key"] == "a") == ["failed", "succeeded"]


async def test_what_needs_a_task_that_failed_is_skipped_and_the_rest_is_done(anna: Person, fake_llm: FakeLLM) -> None:
    items = [task("a", "coder", "A"), task("b", "coder", "B", "a"), task("c", "researcher", "C")]
    ended = await carried_out(anna, fake_llm, planned_by(lambda _: plan(items), breaking("A")))
    assert states(ended) == {"a": "failed", "b": "skipped", "c": "succeeded"}
    assert ended["status"] == "failed"
    assert "'A' did not succeed" in ended["reason"]
    assert "It needs a" in tasks(ended)["b"]["error"]
    assert tasks(ended)["a"]["attempts"] == 2
    assert (await reply_of(anna, ended))["status"] == "done"


async def test_a_task_that_may_be_skipped_leaves_word_to_what_needs_it(small_anna: Person, fake_llm: FakeLLM) -> None:
    told: list[str] = []

    def worker(c: Conversation, title: str) -> Reply | None:
        if title == "C":
            told.append(c.user_text)
        return BROKEN if title == "A" else None

    items = [task("a", "coder", "A", on_failure="skip", max_attempts=1), task("b", "coder", "B")]
    script = planned_by(lambda _: plan([*items, task("c", "coder", "C", "a", "b")]), worker)
    ended = await carried_out(small_anna, fake_llm, script)
    assert states(ended) == {"a": "skipped", "b": "succeeded", "c": "succeeded"}
    assert ended["status"] == "succeeded"
    assert "Nothing came of it" in told[0]
    assert "results/b.md" in told[0]


async def test_a_plan_goes_around_a_task_that_failed(anna: Person, fake_llm: FakeLLM) -> None:
    first = [
        task("a", "coder", "A"),
        task("b", "coder", "B", "a", on_failure="replan", max_attempts=1),
        task("c", "researcher", "C", "b"),
    ]
    second = [task("b", "researcher", "B another way", "a"), task("c", "researcher", "C", "b")]
    ended = await carried_out(anna, fake_llm, planned_by(planner(first, second), breaking("B")))
    assert (ended["status"], ended["replans"]) == ("succeeded", 1)
    assert states(ended) == {"a": "succeeded", "b": "failed", "b-2": "succeeded", "c": "succeeded"}
    assert tasks(ended)["a"]["attempts"] == 1


async def test_after_two_new_plans_a_failure_is_one(small_anna: Person, fake_llm: FakeLLM) -> None:
    def failing(key: str) -> list[dict[str, Any]]:
        return [task(key, "coder", key.upper(), on_failure="replan", max_attempts=1)]

    script = planned_by(planner(failing("a"), failing("b"), failing("c")), breaking("A", "B", "C"))
    ended = await carried_out(small_anna, fake_llm, script)
    assert (ended["status"], ended["replans"]) == ("failed", 2)
    assert states(ended) == {"a": "failed", "b": "failed", "c": "failed"}


async def test_a_new_plan_that_is_none_leaves_the_failure(small_anna: Person, fake_llm: FakeLLM) -> None:
    first = [task("a", "coder", "A", on_failure="replan", max_attempts=1), task("b", "coder", "B")]
    ended = await carried_out(
        small_anna, fake_llm, planned_by(planner(first, [task("c", "nobody", "C")]), breaking("A"))
    )
    assert (ended["status"], states(ended)) == ("failed", {"a": "failed", "b": "succeeded"})


async def test_a_task_may_end_the_whole_plan(anna: Person, fake_llm: FakeLLM) -> None:
    items = [
        task("a", "coder", "A", on_failure="fail", max_attempts=1),
        task("b", "researcher", "B"),
        task("c", "coder", "C", "b"),
    ]

    def worker(c: Conversation, title: str) -> Reply | None:
        if title == "A":
            return BROKEN
        return call("ask_user", question="May I?") if title == "B" else None

    ended = await carried_out(anna, fake_llm, planned_by(lambda _: plan(items), worker))
    assert (ended["status"], ended["reason"].startswith("The task 'A' failed")) == ("failed", True)
    assert states(ended) == {"a": "failed", "b": "cancelled", "c": "cancelled"}
    assert (await anna.get("/my/approvals", status="pending"))["items"] == []


async def test_an_agent_that_goes_in_circles_is_stopped_by_its_limits(small_anna: Person, fake_llm: FakeLLM) -> None:
    coder = next(agent for agent in (await small_anna.get("/my/agents"))["items"] if agent["name"] == "coder")
    await small_anna.client.patch(f"/my/agents/{coder['id']}", json={"limits": {"max_steps": 3}})
    items = [task("a", "coder", "A", max_attempts=1)]
    script = planned_by(lambda _: plan(items), lambda c, _: Reply(calls=(Call("list_files", {}),)))
    ended = await carried_out(small_anna, fake_llm, script)
    assert (ended["status"], "3 model calls" in tasks(ended)["a"]["error"]) == ("failed", True)


async def test_agents_of_tasks_call_each_other_and_not_in_a_circle(small_anna: Person, fake_llm: FakeLLM) -> None:
    def worker(c: Conversation, title: str) -> Reply | None:
        if c.results:
            return say(" | ".join(result.text for result in c.results))
        calls = [
            Call("call_agent", {"agent": name, "task": "help"}) for name in ("researcher", "coder", "orchestrator")
        ]
        return Reply(calls=tuple(calls))

    agents = (await small_anna.get("/my/agents"))["items"]
    coder = next(agent for agent in agents if agent["name"] == "coder")
    await small_anna.client.patch(f"/my/agents/{coder['id']}", json={"tools": {}})
    ended = await carried_out(small_anna, fake_llm, planned_by(lambda _: plan([task("a", "coder", "A")]), worker))
    said = tasks(ended)["a"]["summary"]
    assert "Echo: help" in said
    assert said.count("that would go in a circle") == 2
    runs = (await small_anna.get("/my/runs", plan_id=ended["id"]))["items"]
    assert {run["kind"] for run in runs} == {"plan", "task", "call"}


async def test_a_plan_ends_with_its_time(tmp_path: Path, fake_llm: FakeLLM) -> None:
    fake_llm.play("team")
    async with open_world(tmp_path, plan_seconds=0.001) as world:
        ben = await world.person("ben")
        await ben.connect(fake_llm.openai_url, ["plain"])
        ended = await until_ended(ben, await begin(ben, approval="start"))
    assert (ended["status"], "limit of" in ended["reason"]) == ("failed", True)
    assert states(ended)["report"] == "cancelled"


async def test_a_person_skips_and_retries_tasks_of_a_plan_that_goes_on(anna: Person, fake_llm: FakeLLM) -> None:
    def worker(c: Conversation, title: str) -> Reply | None:
        if title == "A":
            return say("Good.") if c.results else call("ask_user", question="Which?")
        return BROKEN if title == "B" and c.repeats < 1 else None

    items = [task("a", "coder", "A"), task("b", "researcher", "B", max_attempts=1), task("c", "coder", "C", "b")]
    fake_llm.play(planned_by(lambda _: plan(items), worker))
    begun = await begin(anna, approval="start")
    waits = {"a": "asking", "b": "failed", "c": "skipped"}
    await until(anna, begun, lambda now: states(now) == waits)
    path = f"/my/plans/{begun['id']}/tasks"
    assert (await anna.post(f"{path}/a/retry", status=409))["hint"]
    await anna.post(f"{path}/nothing/skip", status=404)
    await anna.post(f"{path}/b/retry", status=202)
    await until(anna, begun, lambda now: states(now) == {"a": "asking", "b": "succeeded", "c": "succeeded"})
    await anna.post(f"{path}/a/skip", status=202)
    ended = await until_ended(anna, begun)
    assert states(ended) == {"a": "skipped", "b": "succeeded", "c": "succeeded"}
    assert ended["status"] == "succeeded"
    await anna.post(f"{path}/a/retry", status=409)


async def test_what_is_said_to_a_plan_reaches_the_tasks_that_begin_later_and_the_report(
    small_anna: Person, fake_llm: FakeLLM
) -> None:
    told: list[str] = []

    def worker(c: Conversation, title: str) -> Reply | None:
        told.append(f"{title}: {c.user_text}")
        return call("ask_user", question="Which?") if title == "A" and not c.results else None

    script = planned_by(lambda _: plan([task("a", "coder", "A"), task("b", "coder", "B", "a")]), worker)

    def reporting(c: Conversation) -> Reply:
        if "[The plan for this request" in c.user_text:
            told.append("report: " + " ".join(turn.text for turn in c.turns))
        return script(c)

    fake_llm.play(reporting)
    begun = await begin(small_anna, approval="start")
    await until(small_anna, begun, lambda now: states(now).get("a") == "asking")
    await small_anna.post(f"/my/runs/{begun['run_id']}/steer", {"text": "Only free libraries."}, 202)
    (question,) = await pending(small_anna, "question")
    answer = {"decision": "answer", "answer": "Any."}
    await small_anna.post(f"/my/approvals/{question['id']}/decide", answer, 200)
    assert (await until_ended(small_anna, begun))["status"] == "succeeded"
    said = {one.partition(":")[0]: "Only free libraries." in one for one in told}
    assert said == {"A": False, "B": True, "report": True}
