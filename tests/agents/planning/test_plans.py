"""Plans at their doors: proposed, edited, approved, rejected, cancelled, paused, listed; and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.planning.following import (
    begin,
    pending,
    reply_of,
    states,
    tasks,
    until,
    until_ended,
    until_free,
    until_status,
)
from tests.e2e.walking import text_of
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.planning import LIBRARIES, REQUEST, plan, planned_by, task
from tests.fakes.replies import Reply, call, say
from tests.world import Person, World

OWN = [{"key": "one", "agent": "coder", "instructions": "Do it."}]


async def test_a_plan_is_edited_while_it_is_proposed(anna: Person) -> None:
    proposed = await until_status(anna, await begin(anna), "proposed")
    path = f"/my/plans/{proposed['id']}"
    got = await anna.client.get(path)
    assert got.headers["etag"] == f'"{proposed["version"]}"'
    match = {"If-Match": got.headers["etag"]}
    changed = await anna.client.patch(path, json={"goal": "Less", "tasks": OWN}, headers=match)
    assert (changed.status_code, [one["key"] for one in changed.json()["tasks"]]) == (200, ["one"])
    (asked,) = await pending(anna, "plan")
    assert (asked["args"]["goal"], asked["args"]["tasks"][0]["title"]) == ("Less", "One")

    stale = await anna.client.patch(path, json={"tasks": OWN}, headers=match)
    assert stale.status_code == 412
    assert (await anna.client.post(f"{path}/approve", headers=match)).status_code == 412
    approved = await anna.client.post(f"{path}/approve", headers={"If-Match": changed.headers["etag"]})
    assert approved.status_code == 200
    ended = await until_ended(anna, proposed)
    assert (ended["status"], states(ended)) == ("succeeded", {"one": "succeeded"})
    assert (await anna.client.patch(path, json={"tasks": OWN})).status_code == 409


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([{**OWN[0], "agent": "nobody"}], "tasks.0.agent"),
        ([{**OWN[0], "depends_on": ["two"]}], "tasks.0.depends_on"),
        ([{**OWN[0], "depends_on": ["one"]}], "tasks"),
        ([OWN[0], OWN[0]], "tasks.1.key"),
    ],
)
async def test_what_is_no_plan_is_refused_field_by_field(small_anna: Person, items: Any, field: str) -> None:
    refused = await small_anna.post("/my/plans", {"goal": "x", "tasks": items}, 422)
    assert refused["errors"][0]["field"] == field
    proposed = await until_status(small_anna, await begin(small_anna), "proposed")
    answer = await small_anna.client.patch(f"/my/plans/{proposed['id']}", json={"tasks": items})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_tasks_of_ones_own_need_no_planner(small_anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(planned_by(lambda _: pytest.fail("nobody plans")))
    proposed = await until_status(small_anna, await begin(small_anna, tasks=OWN), "proposed")
    await small_anna.post(f"/my/plans/{proposed['id']}/approve", status=200)
    assert (await until_ended(small_anna, proposed))["status"] == "succeeded"


async def test_a_plan_is_approved_in_the_inbox_with_other_tasks(anna: Person) -> None:
    proposed = await until_status(anna, await begin(anna), "proposed")
    (asked,) = await pending(anna, "plan")
    path = f"/my/approvals/{asked['id']}/decide"
    wrong = {"decision": "approve", "args": {"tasks": [{**OWN[0], "agent": "nobody"}]}}
    assert (await anna.post(path, wrong, 422))["errors"]
    await anna.post(path, {"decision": "approve", "args": {"tasks": "none"}}, 422)
    await anna.post(path, {"decision": "approve", "remember": True}, 422)
    await anna.post(path, {"decision": "approve", "args": {"tasks": OWN}}, 200)
    ended = await until_ended(anna, proposed)
    assert (ended["status"], states(ended)) == ("succeeded", {"one": "succeeded"})


async def test_a_rejected_plan_is_not_carried_out(anna: Person) -> None:
    proposed = await until_status(anna, await begin(anna), "proposed")
    await anna.post(f"/my/plans/{proposed['id']}/reject", {"reason": "too long"}, 200)
    ended = await until_ended(anna, proposed)
    assert (ended["status"], "too long" in ended["reason"]) == ("cancelled", True)
    assert set(states(ended).values()) == {"cancelled"}
    assert (await anna.post(f"/my/plans/{proposed['id']}/approve", status=409))["detail"]
    assert (await reply_of(anna, proposed))["parts"][0]["type"] == "plan"


async def test_a_cancelled_plan_stops_its_tasks(anna: Person, fake_llm: FakeLLM) -> None:
    items = [task("a", "coder", "A"), task("b", "coder", "B", "a")]
    fake_llm.play(planned_by(lambda _: plan(items), lambda *_: call("ask_user", question="Which?")))
    begun = await begin(anna, approval="start")
    await until(anna, begun, lambda now: states(now).get("a") == "asking")
    await anna.post(f"/my/plans/{begun['id']}/cancel", status=202)
    cancelled = await until_ended(anna, begun)
    assert (cancelled["status"], states(cancelled)) == ("cancelled", {"a": "cancelled", "b": "cancelled"})
    run = await anna.get(f"/my/runs/{tasks(cancelled)['a']['run_id']}")
    assert run["status"] == "cancelled"
    assert (await anna.get("/my/approvals", status="pending"))["items"] == []
    assert (await anna.post(f"/my/plans/{begun['id']}/cancel", status=202))["status"] == "cancelled"


async def test_a_paused_plan_begins_nothing_until_it_goes_on(anna: Person, fake_llm: FakeLLM) -> None:
    items = [task("a", "coder", "A"), task("b", "coder", "B", "a")]
    fake_llm.play(planned_by(lambda _: plan(items), asking_once))
    begun = await begin(anna, approval="start")
    await until(anna, begun, lambda now: states(now).get("a") == "asking")
    await anna.post(f"/my/runs/{begun['run_id']}/pause", {"how": "pause"})
    assert (await until_status(anna, begun, "paused"))["tasks"]
    (question,) = await pending(anna, "question")
    await anna.post(f"/my/approvals/{question['id']}/decide", {"decision": "answer", "answer": "blue"}, 200)
    rests = await anna.get(f"/my/plans/{begun['id']}")
    assert (rests["status"], states(rests)["b"]) == ("paused", "waiting")
    await anna.post(f"/my/runs/{begun['run_id']}/resume")
    assert states(await until_ended(anna, begun)) == {"a": "succeeded", "b": "succeeded"}


def asking_once(c: Conversation, title: str) -> Reply:
    """Whoever does A asks first."""
    return say("Good.") if c.results or title == "B" else call("ask_user", question="Which?")


async def test_results_are_handed_on_by_reference(small_anna: Person) -> None:
    ended = await until_ended(small_anna, await begin(small_anna, approval="start"))
    read = tasks(ended)["read-alpha"]
    assert (read["result_path"], len(read["summary"])) == ("results/read-alpha.md", 600)
    run = await small_anna.get(f"/my/runs/{tasks(ended)['compare']['run_id']}")
    assert f"results/read-alpha.md ({read['result_bytes']} bytes)" in run["task"]
    assert read["summary"] in run["task"]
    assert read["result_bytes"] > 1000
    assert len(run["task"]) < 2500 + 600 * len(LIBRARIES)
    assert tasks(ended)["compare"]["artifacts"][0]["title"] == "Comparison"
    test = await small_anna.get(f"/my/runs/{tasks(ended)['test']['run_id']}")
    assert "Artifact: Comparison (data" in test["task"]


async def test_a_message_may_ask_for_a_plan_and_preferences_begin_it(small_anna: Person) -> None:
    changed = await small_anna.client.patch("/my/preferences", json={"plans": "start"})
    assert changed.json()["plans"] == "start"
    chat = await small_anna.chat()
    sent = await small_anna.say(chat, REQUEST, wait=False, mode="plan")
    (begun,) = (await small_anna.get("/my/plans", session_id=chat))["items"]
    assert (begun["run_id"], begun["goal"]) == (sent["run_id"], REQUEST)
    ended = await until_ended(small_anna, begun)
    assert (ended["status"], ended["approval"]) == ("succeeded", "start")
    reply = await reply_of(small_anna, begun)
    assert "All is done" in text_of(reply)
    await small_anna.say(chat, "Thank you")
    events = await small_anna.events_until(chat, "task_completed")
    queued = next(event["data"] for event in events if event["type"] == "task_queued")
    assert (queued["kind"], queued["plan_id"]) == ("plan", begun["id"])


async def test_plans_are_listed_by_conversation_and_status(small_anna: Person) -> None:
    first = await until_status(small_anna, await begin(small_anna), "proposed")
    second = await until_ended(small_anna, await begin(small_anna, approval="start"))
    listed = await small_anna.get("/my/plans", limit=1)
    assert [one["id"] for one in listed["items"]] == [second["id"]]
    rest = await small_anna.get("/my/plans", cursor=listed["next_cursor"])
    assert [one["id"] for one in rest["items"]] == [first["id"]]
    assert [one["id"] for one in (await small_anna.get("/my/plans", status="succeeded"))["items"]] == [second["id"]]
    assert (await small_anna.get("/my/plans", session_id=first["session_id"], status="running"))["items"] == []


async def test_a_plan_goes_with_its_conversation(small_anna: Person) -> None:
    ended = await until_ended(small_anna, await begin(small_anna, approval="start"))
    await small_anna.get(f"/my/plans/{ended['id']}")
    await until_free(small_anna, ended["session_id"])
    assert (await small_anna.client.delete(f"/my/chat/{ended['session_id']}")).status_code == 204
    assert (await small_anna.client.get(f"/my/plans/{ended['id']}")).status_code == 404


async def test_another_persons_plan_is_not_there(world: World, anna: Person) -> None:
    proposed = await until_status(anna, await begin(anna), "proposed")
    ben = await world.person("ben")
    path = f"/my/plans/{proposed['id']}"
    assert (await ben.client.get(path)).status_code == 404
    assert (await ben.client.patch(path, json={"goal": "mine"})).status_code == 404
    for door in ("approve", "reject", "cancel", "tasks/compare/retry", "tasks/compare/skip"):
        assert (await ben.client.post(f"{path}/{door}")).status_code == 404, door
    assert (await ben.get("/my/plans"))["items"] == []
    await ben.post("/my/plans", {"goal": "x", "session_id": proposed["session_id"]}, 404)
    assert (await anna.get(path))["status"] == "proposed"
