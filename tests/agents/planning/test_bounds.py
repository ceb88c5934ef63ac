"""What plans cost and what bounds them: money, full queues, slow planners, people who do not answer, two servers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from entourage.agents.approvals import Approvals
from entourage.agents.bus.store import MAX_WAITING
from entourage.agents.runs import Runs
from entourage.agents.tables import ApprovalRow
from entourage.assembly import Stores
from entourage.kit.ids import new_id
from entourage.kit.services import Services
from tests.agents.planning.following import begin, pending, states, tasks, until, until_ended, until_free, until_status
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.planning import LIBRARIES, plan, planned_by, task
from tests.fakes.replies import Reply, call, say
from tests.llm.money.spending import PRICES
from tests.world import Person, World, open_world

REDIS = os.environ.get("ENTOURAGE_TEST_REDIS_URL")


async def test_a_plan_counts_what_planning_tasks_and_report_cost(small_world: World, fake_llm: FakeLLM) -> None:
    fake_llm.play("team")
    ben = await small_world.person("ben")
    await ben.connect(fake_llm.openai_url, ["m"], prices=PRICES)
    ended = await until_ended(ben, await begin(ben, approval="start"))
    await until_free(ben, ended["session_id"])
    ended = await ben.get(f"/my/plans/{ended['id']}")
    runs = (await ben.get("/my/runs", plan_id=ended["id"]))["items"]
    of_runs = sum(Decimal(run["usage"]["cost_usd"]) for run in runs)
    of_tasks = [Decimal(one["cost_usd"]) for one in ended["tasks"]]
    assert len(of_tasks) == 6
    assert all(cost > 0 for cost in of_tasks)
    assert Decimal(ended["cost_usd"]) > of_runs > sum(of_tasks), "planning and the report count, too"


async def test_a_plan_ends_with_its_money(tmp_path: Path, fake_llm: FakeLLM) -> None:
    fake_llm.play("team")
    async with open_world(tmp_path, plan_cost_usd="0.000001") as world:
        ben = await world.person("ben")
        await ben.connect(fake_llm.openai_url, ["m"], prices=PRICES)
        ended = await until_ended(ben, await begin(ben, approval="start"))
    assert (ended["status"], "were spent" in ended["reason"]) == ("failed", True)
    assert states(ended)["report"] == "cancelled"


async def test_a_plan_is_cancelled_while_its_planner_thinks(anna: Person, fake_llm: FakeLLM) -> None:
    asked = asyncio.Event()
    fake_llm.play(thinking(asked))
    begun = await begin(anna)
    await asked.wait()
    cancelled = await anna.post(f"/my/plans/{begun['id']}/cancel", status=202)
    assert (cancelled["status"], cancelled["tasks"]) == ("cancelled", [])


async def test_a_plan_is_interrupted_while_its_planner_thinks_and_goes_on(anna: Person, fake_llm: FakeLLM) -> None:
    asked = asyncio.Event()
    fake_llm.play(thinking(asked))
    begun = await begin(anna)
    await asked.wait()
    run = await anna.post(f"/my/runs/{begun['run_id']}/pause", {"how": "interrupt"})
    assert run["status"] == "paused"
    fake_llm.play("team")
    await anna.post(f"/my/runs/{begun['run_id']}/resume")
    assert len((await until_status(anna, begun, "proposed"))["tasks"]) == 6


def thinking(asked: asyncio.Event) -> Callable[[Conversation], Reply]:
    """A planner that thinks for a minute, and tells when it was asked."""
    loop = asyncio.get_running_loop()

    def planner(_: Conversation) -> Reply:
        loop.call_soon_threadsafe(asked.set)
        return Reply(calls=plan([]).calls, first_token_ms=60_000)

    return planned_by(planner)


async def test_a_plan_that_nobody_approves_in_time_is_not_carried_out(world: World, anna: Person) -> None:
    proposed = await until_status(anna, await begin(anna), "proposed")
    await let_expire(world.services, anna, proposed["approval_id"])
    ended = await until_ended(anna, proposed)
    assert (ended["status"], "nobody answered in time" in ended["reason"]) == ("cancelled", True)


async def let_expire(services: Services, person: Person, approval_id: str) -> None:
    async with services.get(Stores).database.write(person.id) as session:
        await session.execute(update(ApprovalRow).where(ApprovalRow.id == approval_id).values(expires_ms=1))
    await services.get(Approvals).expire()


async def test_a_task_that_its_agents_queue_has_no_room_for_fails(tmp_path: Path, fake_llm: FakeLLM) -> None:
    fake_llm.play(planned_by(lambda _: plan([task("a", "coder", "A"), task("b", "researcher", "B")])))
    async with open_world(tmp_path) as world:
        ben = await world.person("ben")
        await ben.connect(fake_llm.openai_url, ["plain"])
        await ben.post("/my/queues/coder/pause")
        await fill_queue(world.services, ben, await ben.chat())
        ended = await until_ended(ben, await begin(ben, approval="start"))
        assert states(ended) == {"a": "failed", "b": "succeeded"}
        assert f"{MAX_WAITING} requests wait for coder" in tasks(ended)["a"]["error"]


async def fill_queue(services: Services, person: Person, chat: str) -> None:
    """As many as may wait for the coder."""
    async with services.get(Stores).database.write(person.id) as session:
        for _ in range(MAX_WAITING):
            ids = {"id": new_id(), "message_id": new_id(), "chat_id": chat}
            more = {"agent": "coder", "path": ["coder"], "start_seq": 0, "cancelling": False}
            await services.get(Runs).enqueue(session, worker=None, **ids, **more)
            await session.flush()


async def test_two_servers_carry_out_one_plan(tmp_path: Path, engine: str, database_url: str | None) -> None:
    if engine != "postgresql" or not REDIS:
        pytest.skip("two servers need PostgreSQL, and Redis to tell each other")
    async with AsyncExitStack() as stack:
        llm = stack.enter_context(FakeLLM("team", first_token_ms=20))
        shared = {"database_url": database_url, "redis_url": REDIS}
        one = await stack.enter_async_context(open_world(tmp_path, **shared))
        two = await stack.enter_async_context(open_world(tmp_path, **shared))
        anna = await one.person("anna")
        await anna.connect(llm.openai_url, ["plain"])
        plans = [await begin(anna, f"{name}: all of it", approval="start") for name in LIBRARIES]
        for begun in plans:
            ended = await until_ended(anna, begun)
            assert (ended["status"], set(states(ended).values())) == ("succeeded", {"succeeded"})
            assert {each["attempts"] for each in ended["tasks"]} == {1}
        elsewhere = httpx.AsyncClient(base_url=two.url, headers=anna.client.headers, verify=False)
        async with elsewhere:
            assert len((await elsewhere.get("/my/plans")).json()["items"]) == len(plans)


async def test_an_agent_of_a_task_that_asks_shows_in_the_plan(anna: Person, fake_llm: FakeLLM) -> None:
    def worker(c: Conversation, title: str) -> Reply | None:
        return say("Good.") if c.results else call("ask_user", question=f"{title}?")

    fake_llm.play(planned_by(lambda _: plan([task("a", "coder", "A"), task("b", "researcher", "B")]), worker))
    begun = await begin(anna, approval="start")
    await until(anna, begun, lambda now: set(states(now).values()) == {"asking"})
    questions = await pending(anna, "question")
    assert {question["question"] for question in questions} == {"A?", "B?"}
    for question in questions:
        said = {"decision": "answer", "answer": "yes"}
        await anna.post(f"/my/approvals/{question['id']}/decide", said, 200)
    assert (await until_ended(anna, begun))["status"] == "succeeded"
