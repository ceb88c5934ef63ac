"""The platform's own commands from the chat: reading at once, changes after one yes to the exact request."""

import re
from typing import Any

import pytest

from tests.fakes.conversation import Conversation
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import Reply, call, say
from tests.world import Person, World


@pytest.fixture
async def ana(small_world: World, fake_llm: FakeLLM) -> Person:
    person = await small_world.person("ana")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person


def steps(*wanted: tuple[str, dict[str, Any]]):
    """A model that makes these calls one after the other and tells what the last one gave."""

    def script(c: Conversation) -> Reply:
        if c.step < len(wanted):
            name, args = wanted[c.step]
            return call(name, **args)
        return say(c.results[-1].text if c.results else "nothing")

    return script


def operation(name: str, **args: Any) -> tuple[str, dict[str, Any]]:
    return "call_operation", {"operation": name, "args": args}


async def _asked(person: Person) -> list[dict[str, Any]]:
    return (await person.get("/my/approvals", status="pending"))["items"]


async def _say(person: Person, fake: FakeLLM, script: Any, text: str = "Switch the theme to dark") -> Any:
    fake.play(script)
    return (await person.say(await person.chat(), text))["reply"]


def _text(reply: dict[str, Any]) -> str:
    return "".join(part["text"] for part in reply["parts"] if part["type"] == "text")


async def test_a_setting_is_changed_from_the_chat_after_one_yes(ana, fake_llm):
    find = ("find_operation", {"query": "change the theme"})
    change = operation("change_preferences", body={"theme": "dark"})
    reply = await _say(ana, fake_llm, steps(find, change))
    assert (reply["agent"], reply["status"]) == ("command", "waiting")
    (asked,) = await _asked(ana)
    assert asked["tool"] == "call_operation"
    assert 'PATCH /my/preferences\n{"theme":"dark"}' in asked["question"]
    assert (await ana.get("/my/preferences"))["theme"] == "auto", "nothing happens before the yes"
    chat = reply["chat_id"]
    await ana.post(f"/my/approvals/{asked['id']}/decide", {"decision": "approve"}, 200)
    await ana.events_until(chat, "task_completed")
    assert (await ana.get("/my/preferences"))["theme"] == "dark"
    assert await _asked(ana) == []


async def test_a_no_changes_nothing_and_is_told(ana, fake_llm):
    reply = await _say(ana, fake_llm, steps(operation("change_preferences", body={"theme": "dark"})))
    (asked,) = await _asked(ana)
    await ana.post(f"/my/approvals/{asked['id']}/decide", {"decision": "deny", "reason": "I like it light"}, 200)
    await ana.events_until(reply["chat_id"], "task_completed")
    assert (await ana.get("/my/preferences"))["theme"] == "auto"
    last = (await ana.get(f"/my/chat/{reply['chat_id']}/messages"))["items"][-1]
    assert "I like it light" in _text(last)


async def test_what_was_edited_in_the_inbox_is_what_is_done(ana, fake_llm):
    reply = await _say(ana, fake_llm, steps(operation("change_preferences", body={"theme": "dark"})))
    (asked,) = await _asked(ana)
    edited = {"operation": "change_preferences", "args": {"body": {"theme": "light"}}}
    await ana.post(f"/my/approvals/{asked['id']}/decide", {"decision": "approve", "args": edited}, 200)
    await ana.events_until(reply["chat_id"], "task_completed")
    assert (await ana.get("/my/preferences"))["theme"] == "light"


async def test_always_allow_does_not_open_all_changes(ana, fake_llm):
    script = steps(operation("change_preferences", body={"theme": "dark"}))
    reply = await _say(ana, fake_llm, script)
    (asked,) = await _asked(ana)
    await ana.post(f"/my/approvals/{asked['id']}/decide", {"decision": "approve", "remember": True}, 200)
    await ana.events_until(reply["chat_id"], "task_completed")
    again = await _say(ana, fake_llm, script)
    assert again["status"] == "waiting"
    assert len(await _asked(ana)) == 1


async def test_reading_needs_no_yes_and_sees_only_ones_own(ana, fake_llm, small_world):
    bea = await small_world.person("bea")
    theirs = await bea.chat()
    mine = await ana.chat()
    reply = await _say(ana, fake_llm, steps(operation("list_chats", limit=50)), "Pin my oldest conversation")
    assert reply["status"] == "done"
    assert mine in _text(reply)
    assert theirs not in _text(reply)
    reply = await _say(ana, fake_llm, steps(operation("get_chat", chat_id=theirs)), "Pin my oldest conversation")
    assert "refused (404)" in _text(reply)


@pytest.mark.parametrize(
    "name",
    [
        "make_key", "list_keys", "set_secret", "list_secrets", "login", "decide", "decide_many", "list_people",
        "call_tool", "send_message", "regenerate", "create_provider", "make_gateway_key", "approve_plan", "orchestrate",
        "nonsense",
    ],
)  # fmt: skip
async def test_keys_secrets_sign_ins_and_approvals_are_out_of_reach(ana, fake_llm, name):
    reply = await _say(ana, fake_llm, steps(operation(name)))
    assert f"There is no operation {name!r}" in _text(reply)
    assert await _asked(ana) == []


async def test_nothing_that_is_found_is_out_of_reach_or_takes_a_secret(ana, fake_llm):
    queries = ("make an API key", "secret vault password", "login sign in", "approve decide", "admin people", "token")
    for query in queries:
        reply = await _say(ana, fake_llm, steps(("find_operation", {"query": query, "limit": 15})))
        for path in re.findall(r"\((?:GET|POST|PUT|PATCH|DELETE) (\S+?);", _text(reply)):
            assert not re.search(r"/(auth|admin|keys|secrets|approvals|gateway-keys|tokens)(/|$)", path)
        assert not re.search(r'"(api_key|password|secret)":', _text(reply))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("change the theme", "change_preferences"),
        ("delete a conversation", "delete_chat"),
        ("add an MCP server", "add_mcp_server"),
        ("rename a chat", "change_chat"),
        ("disable an agent", "change_agent"),
        ("set a monthly budget", "create_budget"),
        ("list conversations", "list_chats"),
    ],
)
async def test_what_people_ask_for_is_found(ana, fake_llm, query, expected):
    reply = await _say(ana, fake_llm, steps(("find_operation", {"query": query, "limit": 6})))
    assert re.search(rf"^{expected} \(", _text(reply), re.MULTILINE)


async def test_wrong_arguments_are_told_before_anybody_is_asked(ana, fake_llm):
    wrong = (operation("change_preferences", body={"theme": "pink"}), operation("get_chat", chat_id="../../keys"))
    for one in wrong:
        reply = await _say(ana, fake_llm, steps(one))
        assert reply["status"] == "done"
        (part,) = [part for part in reply["parts"] if part["type"] == "tool_call"]
        assert part["status"] == "failed"
    assert await _asked(ana) == []


async def test_only_the_command_agent_has_them(ana, fake_llm):
    offered: dict[str, bool] = {}

    def script(c: Conversation) -> Reply:
        offered[c.user_text.split()[0]] = c.offers("call_operation")
        return say("ok")

    fake_llm.play(script)
    for agent in ("orchestrator", "universal", "coder", "operator", "command"):
        await ana.say(await ana.chat(), f"@{agent} hello")
    assert offered == {**dict.fromkeys(["@orchestrator", "@universal", "@coder", "@operator"], False), "@command": True}
    called = await ana.post("/my/tools/call_operation/call", {"args": {"operation": "list_chats"}})
    assert called["status"] == "denied"


async def test_several_old_conversations_are_deleted_one_yes_each(ana, fake_llm):
    old = [await ana.chat() for _ in range(2)]
    reply = await _say(
        ana, fake_llm, steps(*(operation("delete_chat", chat_id=chat) for chat in old)), "Delete my chats"
    )
    for _ in old:
        (asked,) = await _asked(ana)
        assert asked["risk"] == "high"
        seq = (await ana.get(f"/my/chat/{reply['chat_id']}/messages"))["seq"]
        await ana.post(f"/my/approvals/{asked['id']}/decide", {"decision": "approve"}, 200)
        await ana.events_until(reply["chat_id"], "task_completed", "approval_requested", after=seq)
    assert not set(old) & {chat["id"] for chat in (await ana.get("/my/chat"))["items"]}
