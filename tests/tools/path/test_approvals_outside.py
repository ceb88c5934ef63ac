"""Calls outside of conversations that a person must allow: they wait, and a decision counts for one call."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from entourage.agents.approvals import Approvals
from entourage.agents.tables import ApprovalRow
from entourage.assembly import Stores
from entourage.stores.sql import EVERYONE
from entourage.tools.caller import Caller
from entourage.tools.service import Tools
from entourage.tools.tool import Question, ToolCall, ToolResult
from tests.tools.path.shelf import Counting, Shelf, call, shelf_of
from tests.world import Person, World


@pytest.fixture
def work(ana: Person, shelf: Shelf) -> Counting:
    """A letter is sent only when somebody said so."""
    counting = Counting()
    shelf.put(ana, "mail.send", counting, destructive=True)
    return counting


async def send(person: Person, text: str = "hello", wait_seconds: float = 0, **body: Any) -> dict[str, Any]:
    return await call(person, "mail.send", {"text": text}, wait_seconds=wait_seconds, **body)


async def pending(person: Person) -> list[dict[str, Any]]:
    return (await person.get("/my/approvals", status="pending"))["items"][::-1]


async def asked(person: Person) -> dict[str, Any]:
    """What waits, as soon as something does."""
    async with asyncio.timeout(30):
        while not (found := await pending(person)):  # noqa: ASYNC110  what is waited for is another request's
            await asyncio.sleep(0.01)
    return found[0]


async def decide(person: Person, approval_id: str, decision: str = "approve", status: int = 200, **more: Any) -> Any:
    return await person.post(f"/my/approvals/{approval_id}/decide", {"decision": decision, **more}, status)


async def test_an_allowed_call_runs_while_its_caller_waits(world: World) -> None:
    ana = await world.person("ana")
    work = Counting()
    shelf_of(world).put(ana, "mail.send", work, destructive=True)
    sending = asyncio.create_task(send(ana, wait_seconds=60))
    waiting = await asked(ana)
    assert (waiting["app"], waiting["tool"], waiting["args"]) == ("api", "mail.send", {"text": "hello"})
    assert (waiting["risk"], waiting["session_id"], waiting["chat_id"]) == ("high", "tools:api", "")
    assert work.calls == []
    await decide(ana, waiting["id"])
    assert (await sending)["status"] == "ok"
    await decide(ana, waiting["id"], status=409)
    assert work.calls == [{"text": "hello"}]


async def test_the_same_call_again_runs_once_after_it_was_allowed(ana: Person, work: Counting) -> None:
    first = await send(ana)
    assert (first["status"], first["error"]) == ("waiting", None)
    assert first["approval_id"] in first["text"]
    again = await send(ana)
    assert again["approval_id"] == first["approval_id"]
    assert len(await pending(ana)) == 1
    await decide(ana, first["approval_id"])
    assert work.calls == []
    assert (await send(ana))["status"] == "ok"
    third = await send(ana)
    assert (third["status"], third["approval_id"] != first["approval_id"]) == ("waiting", True)
    assert work.calls == [{"text": "hello"}]


async def test_other_arguments_are_another_call(ana: Person, work: Counting) -> None:
    one, other = await send(ana, "one"), await send(ana, "other")
    assert one["approval_id"] != other["approval_id"]
    await decide(ana, one["approval_id"])
    assert (await send(ana, "other"))["status"] == "waiting"
    assert (await send(ana, "one"))["status"] == "ok"


async def test_of_two_waiting_calls_one_approval_lets_one_run(ana: Person, work: Counting) -> None:
    both = [asyncio.create_task(send(ana, wait_seconds=60)) for _ in range(2)]
    first = await asked(ana)
    await decide(ana, first["id"])
    second = await asked(ana)
    assert second["id"] != first["id"]
    await decide(ana, second["id"], "deny")
    assert sorted([(await one)["status"] for one in both]) == ["denied", "ok"]
    assert len(work.calls) == 1


async def test_a_denial_is_told_once_with_its_reason(ana: Person, work: Counting) -> None:
    first = await send(ana)
    await decide(ana, first["approval_id"], "deny", reason="not to him")
    refused = await send(ana)
    assert (refused["status"], refused["error"]) == ("denied", "The user did not allow this call: not to him")
    assert (await send(ana))["status"] == "waiting"
    assert work.calls == []


async def test_edited_arguments_are_what_runs(ana: Person, work: Counting) -> None:
    first = await send(ana)
    await decide(ana, first["approval_id"], status=422, args={"text": 5})
    await decide(ana, first["approval_id"], status=422, args={"text": "goodbye"}, remember=True)
    await decide(ana, first["approval_id"], args={"text": "goodbye"})
    assert (await send(ana))["status"] == "ok"
    assert work.calls == [{"text": "goodbye"}]


async def test_a_stranger_finds_nothing(ana: Person, ben: Person, shelf: Shelf, work: Counting) -> None:
    first = await send(ana)
    assert (await ben.client.get(f"/my/approvals/{first['approval_id']}")).status_code == 404
    await decide(ben, first["approval_id"], status=404)
    assert await pending(ben) == []
    bens = Counting()
    shelf.put(ben, "mail.send", bens, destructive=True)
    await decide(ana, first["approval_id"])
    assert (await send(ben))["status"] == "waiting"
    assert bens.calls == []


@pytest.mark.parametrize(
    ("said", "still_asked"),
    [
        ({"remember": True}, {"cli"}),
        ({"remember_for": "agent"}, {"cli"}),
        ({"remember_for": "everyone"}, set()),
        ({"remember_tool": "mail.*", "remember_for": "everyone"}, set()),
    ],
)
async def test_a_remembered_approval_is_a_policy(
    ana: Person, work: Counting, said: dict[str, Any], still_asked: set[str]
) -> None:
    first = await send(ana)
    await decide(ana, first["approval_id"], **said)
    assert (await send(ana, "other"))["status"] == "ok"
    assert ((await send(ana, "third", source="cli"))["status"] == "waiting") == ("cli" in still_asked)
    (policy,) = (await ana.get("/my/tool-policies"))["items"]
    assert (policy["grant"], policy["tool"]) == ("allow", said.get("remember_tool", "mail.send"))


async def test_what_is_remembered_must_be_about_what_was_asked(ana: Person, work: Counting) -> None:
    first = await send(ana)
    answer = await decide(ana, first["approval_id"], status=422, remember_tool="files.*")
    assert answer["errors"][0]["field"] == "remember_tool"
    assert (await ana.get("/my/tool-policies"))["items"] == []


async def test_many_are_decided_at_once(ana: Person, ben: Person, work: Counting) -> None:
    ids = [(await send(ana, str(number)))["approval_id"] for number in range(3)]
    assert (await ana.get("/my/approvals/count")) == {"pending": 3}
    await decide(ana, ids[0], "deny")
    none = await ben.post("/my/approvals/decide", {"ids": ids, "decision": "approve"}, 200)
    assert (none["decided"], none["late"]) == (0, 0)
    done = await ana.post("/my/approvals/decide", {"ids": [*ids, ids[1]], "decision": "approve"}, 200)
    assert (done["decided"], done["late"]) == (2, 1)
    assert [item["status"] for item in done["items"]] == ["denied", "approved", "approved"]
    assert done["items"][0]["error"] == "This was already denied."
    assert [(await send(ana, str(number)))["status"] for number in range(3)] == ["denied", "ok", "ok"]
    assert (await ana.get("/my/approvals/count")) == {"pending": 0}


async def test_the_inbox_is_filtered_by_who_asks_and_by_tool(ana: Person, work: Counting, shelf: Shelf) -> None:
    shelf.put(ana, "files_x.drop", Counting(), destructive=True)
    await send(ana)
    await send(ana, source="cli", text="x")
    await call(ana, "files_x.drop", {"text": "x"}, wait_seconds=0)

    async def tools(**where: str) -> list[str]:
        return [item["tool"] for item in (await ana.get("/my/approvals", **where))["items"]]

    assert await tools(app="cli") == ["mail.send"]
    assert await tools(app="team") == []
    assert await tools(tool="files_x.*") == ["files_x.drop"]
    assert await tools(tool="filesax.*") == []
    assert len(await tools(app="api")) == 2


async def test_what_nobody_decides_expires(small_world: World, ana: Person, work: Counting) -> None:
    first = await send(ana)
    async with small_world.services.get(Stores).database.write(EVERYONE) as session:
        (await session.get_one(ApprovalRow, first["approval_id"])).expires_ms = 1
    await decide(ana, first["approval_id"], status=409)
    again = await send(ana)
    assert again["approval_id"] != first["approval_id"]
    await small_world.services.get(Approvals).expire()
    assert (await ana.get(f"/my/approvals/{first['approval_id']}"))["status"] == "expired"
    assert work.calls == []


async def test_an_old_approval_lets_nothing_run(small_world: World, ana: Person, work: Counting) -> None:
    first = await send(ana)
    await decide(ana, first["approval_id"])
    async with small_world.services.get(Stores).database.write(EVERYONE) as session:
        (await session.get_one(ApprovalRow, first["approval_id"])).decided_ms = 1
    assert (await send(ana))["status"] == "waiting"
    assert work.calls == []


async def test_who_waits_is_told_that_it_goes_on(small_world: World, ana: Person, work: Counting) -> None:
    told: list[tuple[float, float | None, str | None]] = []
    first_word = asyncio.Event()

    def progress(done: float, total: float | None, line: str | None) -> None:
        told.append((done, total, line))
        first_word.set()

    tools, caller = small_world.services.get(Tools), Caller(ana.id, "mcp", session_id="s-1")
    calling = asyncio.create_task(
        tools.call(caller, "mail.send", {"text": "hello"}, progress=progress, wait_seconds=60)
    )
    await first_word.wait()
    (waiting,) = await pending(ana)
    assert (waiting["app"], waiting["session_id"], waiting["agent"]) == ("mcp", "s-1", "mcp")
    await decide(ana, waiting["id"])
    assert (await calling).status == "ok"
    assert told[0][1:] == (60, "Waits for a person to allow it.")


async def test_a_caller_that_leaves_loses_nothing(small_world: World, ana: Person, work: Counting) -> None:
    tools, caller, cancel = small_world.services.get(Tools), Caller(ana.id, "mcp"), asyncio.Event()
    calling = asyncio.create_task(tools.call(caller, "mail.send", {"text": "hello"}, cancel=cancel, wait_seconds=60))
    waiting = await asked(ana)
    cancel.set()
    assert (await calling).status == "cancelled"
    await decide(ana, waiting["id"])
    assert (await send(ana))["status"] == "ok"
    assert len(work.calls) == 1


async def test_a_tool_may_ask_its_caller_a_question(ana: Person, shelf: Shelf) -> None:
    async def paint(call: ToolCall, _args: object) -> ToolResult:
        decision = await call.team.ask(call, Question("question", "Which colour?", ("red", "blue")))
        return ToolResult(f"painted it {decision.answer}")

    shelf.put(ana, "paint.wall", paint, {})
    painting = asyncio.create_task(call(ana, "paint.wall", wait_seconds=60))
    question = await asked(ana)
    assert (question["kind"], question["question"], question["options"]) == (
        "question",
        "Which colour?",
        ["red", "blue"],
    )
    await decide(ana, question["id"], status=422)
    await decide(ana, question["id"], "answer", answer="blue")
    assert (await painting)["text"] == "painted it blue"
