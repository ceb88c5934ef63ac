"""kill -9 in the midst of a plan, and again: it goes on by itself, and nothing that was finished is done again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.agents.planning.following import begin, pending, reply_of, states, tasks, until, until_ended, until_status
from tests.e2e.processes import ServerProcess, running_server
from tests.e2e.walking import event_where, text_of
from tests.fakes.llm_server import FakeLLM
from tests.fakes.planning import PLAN_TOOL, RESEARCH
from tests.world import Person


@pytest.mark.e2e
async def test_a_plan_goes_on_after_kills_at_every_stage(tmp_path: Path, database_url: str | None) -> None:
    with FakeLLM("team", first_token_ms=30) as llm:
        async with running_server(tmp_path, database_url) as server:
            anna = await server.sign_in()
            await anna.connect(llm.openai_url, ["plain"])
            begun = await begin(anna)
            chat = begun["session_id"]
            await event_where(anna, chat, "plan_created")
            await restart(server)
            await until_status(anna, begun, "proposed")
            await restart(server)
            (asked,) = await pending(anna, "plan")
            await anna.post(f"/my/approvals/{asked['id']}/decide", {"decision": "approve"}, 200)
            await event_where(anna, chat, "task_queued", task_key="read-beta")
            await restart(server)
            await until(anna, begun, lambda plan: states(plan).get("compare") in ("running", "succeeded"))
            await restart(server)
            await until(anna, begun, lambda plan: states(plan).get("report") in ("running", "succeeded"))
            await restart(server)
            ended = await until_ended(anna, begun)
            await check(anna, ended, llm)
            await anna.client.aclose()


async def restart(server: ServerProcess) -> None:
    """As after a crash."""
    await server.kill()
    await server.start()


async def check(anna: Person, ended: dict[str, Any], llm: FakeLLM) -> None:
    """Everything was done, and once."""
    assert (ended["status"], set(states(ended).values())) == ("succeeded", {"succeeded"})
    assert {task["attempts"] for task in ended["tasks"]} == {1}
    runs = (await anna.get("/my/runs", session_id=ended["session_id"]))["items"]
    assert Counter(run["task_key"] for run in runs) == Counter([None, *(task["key"] for task in RESEARCH)])
    artifacts = (await anna.get("/my/artifacts", chat_id=ended["session_id"]))["items"]
    assert sorted((item["title"], item["versions"]) for item in artifacts) == [
        ("Comparison", 1),
        ("Report", 1),
        ("Test", 1),
    ]
    assert "All is done: 6 tasks" in text_of(await reply_of(anna, ended))
    assert tasks(ended)["read-alpha"]["result_path"] == "results/read-alpha.md"
    planned = [request for request in llm.requests if PLAN_TOOL in str(request["body"].get("tools"))]
    assert len(planned) <= 2, "the planner was asked again after its answer was kept"
