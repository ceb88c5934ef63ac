"""Going on otherwise from a step: what was done before is kept, not done again and not paid again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.control.leading import ended, kinds, notes_read, run_of, steps_of, text_of
from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person

Json = dict[str, Any]


def two_tools(c: Conversation) -> Reply:
    """Writes a file, looks at the folder, then says what it saw and was told."""
    results = [result for turn in c.turns for result in turn.results]
    if not results:
        return call("write_file", path="a.txt", content="one")
    if len(results) == 1:
        return call("list_files")
    return say(f"{c.model}: {' / '.join(result.text[:40] for result in results)} / {' | '.join(notes_read(c))}")


async def fork(person: Person, run_id: str, at: int, **how: Any) -> Json:
    return await person.post(f"/my/runs/{run_id}/fork", {"at": at, **how}, 202)


async def answer(person: Person, sent: Json) -> Json:
    """The turn of a fork once it has ended."""
    return (await ended(person, sent))["message"]


@pytest.fixture
async def sent(anna: Person, fake_llm: FakeLLM) -> Json:
    fake_llm.play(two_tools)
    return await anna.say(await anna.chat(), "go")


async def test_the_steps_of_a_run(anna: Person, sent: Json) -> None:
    steps = await steps_of(anna, sent["run_id"])
    assert [step["kind"] for step in steps] == ["response", "tool", "response", "tool", "response"]
    assert [step["ordinal"] for step in steps] == [0, 1, 2, 3, 4]
    first, wrote, second, _, last = steps
    assert first["input"] == "go"
    assert wrote["tool"] == "write_file"
    assert '"a.txt"' in wrote["input"]
    assert second["input"] == f"[write_file] {wrote['output']}"
    assert first["usage"]["input_tokens"] > 0
    assert wrote["usage"] is None
    assert last["output"] == text_of(sent["reply"])
    assert first["started_at"] <= first["ended_at"] <= wrote["ended_at"]


async def test_two_forks_of_one_run_stand_beside_it(anna: Person, fake_llm: FakeLLM, sent: Json) -> None:
    asked = len(fake_llm.requests)
    forks = [await fork(anna, sent["run_id"], 4, note=f"note {number}") for number in (1, 2)]
    replies = [await answer(anna, one) for one in forks]
    assert len(fake_llm.requests) == asked + 2
    for number, reply in enumerate(replies, 1):
        assert kinds(reply) == ["tool_call", "tool_call", "note", "text"]
        assert text_of(reply).endswith(f"go | note {number}")
        assert reply["parent_id"] == sent["message"]["id"]
    assert set(replies[0]["siblings"]) >= {sent["reply_id"], forks[0]["reply_id"]}
    run = await run_of(anna, forks[0])
    assert (run["forked_from"], run["forked_at"]) == (sent["run_id"], 4)
    steps = await steps_of(anna, run["id"])
    assert [step["copied"] for step in steps] == [True, True, True, True, False, False]
    assert run["usage"]["input_tokens"] == steps[-1]["usage"]["input_tokens"]


async def test_a_fork_of_a_fork(anna: Person, fake_llm: FakeLLM, sent: Json) -> None:
    first = await fork(anna, sent["run_id"], 4, note="first note")
    await answer(anna, first)
    asked = len(fake_llm.requests)
    second = await fork(anna, first["run_id"], 6, note="second note")
    reply = await answer(anna, second)
    assert len(fake_llm.requests) == asked + 1
    assert kinds(reply) == ["tool_call", "tool_call", "note", "text", "note", "text"]
    assert text_of(reply).endswith("go | first note | second note")
    assert (await run_of(anna, second))["forked_from"] == first["run_id"]


async def test_an_edited_result_is_what_the_model_reads(anna: Person, fake_llm: FakeLLM, sent: Json) -> None:
    call_id = (await steps_of(anna, sent["run_id"]))[3]["tool_call_id"]
    forked = await fork(anna, sent["run_id"], 4, result={"tool_call_id": call_id, "text": "nothing at all"})
    assert "nothing at all" in text_of(await answer(anna, forked))
    steps = await steps_of(anna, forked["run_id"])
    assert [step["copied"] for step in steps] == [True, True, True, False, False]
    assert steps[3]["output"] == "nothing at all"


async def test_another_question_another_model(anna: Person, fake_llm: FakeLLM, sent: Json) -> None:
    forked = await fork(anna, sent["run_id"], 0, text="go again", model="fake/other")
    reply = await answer(anna, forked)
    assert text_of(reply).startswith("other: ")
    assert text_of(reply).endswith("go again")
    assert forked["message"]["siblings"] == [sent["message"]["id"], forked["message"]["id"]]


async def test_a_step_is_done_again_from_where_the_fork_begins(anna: Person, sent: Json) -> None:
    forked = await fork(anna, sent["run_id"], 1)
    await answer(anna, forked)
    steps = await steps_of(anna, forked["run_id"])
    assert [step["copied"] for step in steps] == [True, False, False, False, False]


async def test_a_called_agents_run_becomes_a_turn_of_its_own(anna: Person, fake_llm: FakeLLM) -> None:
    def script(c: Conversation) -> Reply:
        if "the task" in c.turns[0].text:
            return say("report") if any(turn.results for turn in c.turns) else call("list_files")
        return say("thanks") if c.results else call("call_agent", agent="coder", task="the task")

    fake_llm.play(script)
    chat = await anna.chat()
    sent = await anna.say(chat, "go")
    child = sent["reply"]["parts"][0]["child"]["run_id"]
    asked = len(fake_llm.requests)
    forked = await fork(anna, child, 2, note="briefly")
    reply = await answer(anna, forked)
    assert len(fake_llm.requests) == asked + 1
    assert (reply["agent"], kinds(reply)) == ("coder", ["tool_call", "note", "text"])
    assert (forked["message"]["parent_id"], text_of(forked["message"])) == (None, "the task")
    (step,) = [step for step in await steps_of(anna, sent["run_id"]) if step["tool"] == "call_agent"]
    assert step["child_run_id"] == child


async def test_what_cannot_be_forked_says_why(anna: Person, sent: Json) -> None:
    run = f"/my/runs/{sent['run_id']}/fork"
    for body, told in (
        ({"at": 5}, "last word"),
        ({"at": 6}, "5 steps"),
        ({"at": 2, "result": {"tool_call_id": "nothing", "text": "x"}}, "no such call"),
    ):
        refused = await anna.client.post(run, json=body)
        assert refused.status_code == 422
        assert told in refused.json()["detail"]


async def test_two_runs_beside_each_other(anna: Person, sent: Json) -> None:
    call_id = (await steps_of(anna, sent["run_id"]))[3]["tool_call_id"]
    forked = await fork(anna, sent["run_id"], 4, result={"tool_call_id": call_id, "text": "nothing"})
    await answer(anna, forked)
    compared = await anna.get("/my/runs/compare", a=sent["run_id"], b=forked["run_id"])
    assert [pair["same"] for pair in compared["steps"]] == [True, True, True, False, False]
    assert compared["differs_at"] == 3
    assert compared["a"]["id"] == sent["run_id"]
    totals = compared["totals"]
    assert totals["a"]["steps"] == totals["b"]["steps"] == 5
    assert totals["a"]["input_tokens"] > totals["b"]["input_tokens"] > 0
    itself = await anna.get("/my/runs/compare", a=sent["run_id"], b=sent["run_id"])
    assert itself["differs_at"] is None


async def test_runs_are_listed_by_what_they_are(anna: Person, sent: Json) -> None:
    forked = await fork(anna, sent["run_id"], 4)
    await answer(anna, forked)
    chat = sent["message"]["chat_id"]
    listed = (await anna.get("/my/runs", session_id=chat, status="succeeded", kind="turn"))["items"]
    assert [run["id"] for run in listed] == [forked["run_id"], sent["run_id"]]
    for empty in ({"status": "failed"}, {"kind": "plan"}, {"agent": "coder"}, {"dead": True}):
        assert (await anna.get("/my/runs", session_id=chat, **empty))["items"] == []
