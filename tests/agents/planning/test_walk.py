"""The whole of it: a request is planned, shown, approved, carried out side by side, asks once, and is reported."""

from __future__ import annotations

from tests.agents.planning.following import begin, pending, reply_of, states, tasks, until, until_ended, until_status
from tests.e2e.walking import text_of
from tests.fakes.planning import LIBRARIES, RESEARCH
from tests.world import Person


async def test_a_request_becomes_a_plan_that_is_carried_out_and_reported(anna: Person) -> None:
    coder = next(agent for agent in (await anna.get("/my/agents"))["items"] if agent["name"] == "coder")
    await anna.client.patch(f"/my/agents/{coder['id']}", json={"tools": {"write_file": "ask"}})
    begun = await begin(anna)
    assert (begun["status"], begun["tasks"]) == ("planning", [])

    proposed = await until_status(anna, begun, "proposed")
    assert [task["key"] for task in proposed["tasks"]] == [task["key"] for task in RESEARCH]
    (asked,) = await pending(anna, "plan")
    assert (asked["args"]["plan_id"], len(asked["args"]["tasks"])) == (begun["id"], len(RESEARCH))
    assert (await reply_of(anna, begun))["parts"] == [{"type": "plan", "plan_id": begun["id"], "goal": begun["goal"]}]
    await anna.post(f"/my/plans/{begun['id']}/approve", status=200)

    asking = await until(anna, begun, lambda plan: states(plan).get("test") == "asking")
    assert states(asking)["report"] == "waiting"
    (question,) = await pending(anna, "approval")
    assert (question["agent"], question["tool"]) == ("coder", "write_file")
    await anna.post(f"/my/approvals/{question['id']}/decide", {"decision": "approve"}, 200)

    ended = await until_ended(anna, begun)
    assert ended["status"] == "succeeded", ended
    assert set(states(ended).values()) == {"succeeded"}
    assert len({task["agent"] for task in ended["tasks"]}) >= 3
    reads = [tasks(ended)[f"read-{name}"] for name in LIBRARIES]
    assert max(task["started_at"] for task in reads) < min(task["ended_at"] for task in reads), "not side by side"
    artifacts = (await anna.get("/my/artifacts", chat_id=begun["session_id"]))["items"]
    assert {item["title"] for item in artifacts} == {"Comparison", "Test", "Report"}
    reply = await reply_of(anna, begun)
    assert (reply["status"], reply["parts"][0]["type"]) == ("done", "plan")
    assert "All is done: 6 tasks" in text_of(reply)
