"""Calls by the API: what they give, what goes wrong in words a model can use, and whose they are."""

from __future__ import annotations

import asyncio

import pytest

from entourage.kit.errors import Upstream
from entourage.tools.tool import ToolCall, ToolResult
from tests.tools.path.shelf import Counting, Shelf, call
from tests.world import Person, World


async def test_a_tool_is_called_and_gives_all_it_has(ana: Person, shelf: Shelf) -> None:
    def answer(_call: ToolCall, _args: object) -> ToolResult:
        return ToolResult(
            "a picture", content=({"type": "image", "data": "aGk=", "mimeType": "image/png"},), structured={"n": 1}
        )

    shelf.put(ana, "paint.draw", Counting(answer), output_schema={"type": "object"}, title="Draw")
    result = await call(ana, "paint.draw", {"text": "a cat"})
    assert (result["status"], result["text"], result["structured"]) == ("ok", "a picture", {"n": 1})
    assert result["content"] == [{"type": "image", "data": "aGk=", "mimeType": "image/png"}]
    assert (result["error"], result["approval_id"], result["cached"], result["artifacts"]) == (None, None, False, [])


async def test_models_know_it_by_another_name(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "paint.draw it!", Counting())
    (shown,) = [tool for tool in (await ana.get("/my/tools"))["items"] if tool["name"] == "paint.draw it!"]
    assert shown["wire_name"].startswith("paint__draw_it__")
    assert (await call(ana, shown["wire_name"], {"text": "x"}))["status"] == "ok"
    assert (await ana.get(f"/my/tools/{shown['wire_name']}"))["name"] == "paint.draw it!"


async def test_wrong_arguments_are_told_so_that_they_can_be_mended(ana: Person, shelf: Shelf) -> None:
    work = Counting()
    shelf.put(ana, "paint.draw", work)
    result = await call(ana, "paint.draw", {"text": 5})
    assert result["status"] == "failed"
    assert "text" in result["error"]
    assert "string" in result["error"]
    assert "path" in (await call(ana, "read_file", {"path": 7}))["error"]
    assert work.calls == []


async def test_an_unknown_tool_is_not_found(ana: Person) -> None:
    answer = await ana.client.post("/my/tools/no.such/call", json={"args": {}})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert (await ana.client.get("/my/tools/no.such")).status_code == 404


async def test_whatever_goes_wrong_inside_is_a_failed_call(ana: Person, shelf: Shelf) -> None:
    async def crash(_call: ToolCall, _args: object) -> ToolResult:
        raise RuntimeError("the secret reason")

    async def refuse(_call: ToolCall, _args: object) -> ToolResult:
        raise Upstream("The painter is away.", hint="Ask later.")

    async def hang(_call: ToolCall, _args: object) -> ToolResult:
        await asyncio.Event().wait()
        raise AssertionError

    shelf.put(ana, "paint.crash", crash, {})
    shelf.put(ana, "paint.refuse", refuse, {})
    shelf.put(ana, "paint.hang", hang, {}, timeout_seconds=0.05)
    assert (await call(ana, "paint.crash"))["error"] == "paint.crash failed inside: RuntimeError."
    assert (await call(ana, "paint.refuse"))["error"] == "The painter is away. Ask later."
    assert "longer than 0.05 s" in (await call(ana, "paint.hang"))["error"]


async def test_each_person_has_tools_and_files_of_their_own(ana: Person, ben: Person, shelf: Shelf) -> None:
    work = Counting()
    shelf.put(ana, "paint.draw", work)
    answer = await ben.client.post("/my/tools/paint.draw/call", json={"args": {"text": "x"}})
    assert answer.status_code == 404
    assert [tool["name"] for tool in (await ben.get("/my/tools", origin="mcp"))["items"]] == []
    assert (await call(ana, "write_file", {"path": "a.txt", "content": "tulip"}))["status"] == "ok"
    assert (await call(ana, "read_file", {"path": "a.txt"}))["text"] == "tulip"
    assert (await call(ben, "read_file", {"path": "a.txt"}))["status"] == "failed"
    assert work.calls == []


async def test_agents_are_not_called_from_outside(ana: Person) -> None:
    result = await call(ana, "call_agent", {"agent": "coder", "task": "x"})
    assert (result["status"], result["error"]) == ("failed", "Agents are called from within a conversation.")


async def test_the_catalogue_is_searched_and_filtered(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "mail.send_letter", Counting(), destructive=True)
    shelf.put(ana, "mail.read_letter", Counting(), read_only=True, idempotent=True)
    names = [tool["name"] for tool in (await ana.get("/my/tools", origin="mcp:mail"))["items"]]
    assert names == ["mail.read_letter", "mail.send_letter"]
    found = (await ana.get("/my/tools", q="send a letter"))["items"]
    assert found[0]["name"] == "mail.send_letter"
    assert (found[0]["default_grant"], found[0]["grant"], found[0]["state"]) == ("ask", "ask", "ready")
    reading = await ana.get("/my/tools/mail.read_letter")
    assert (reading["read_only"], reading["cache_seconds"], reading["server"]) == (True, 300, "mail")
    builtin = (await ana.get("/my/tools", origin="builtin"))["items"]
    assert {"read_file", "run_code", "http_fetch"} <= {tool["name"] for tool in builtin}


@pytest.mark.parametrize("scopes", [["read"]])
async def test_a_key_that_only_reads_may_not_call(small_world: World, ana: Person, scopes: list[str]) -> None:
    key = (await ana.post("/my/keys", {"name": "k", "scopes": scopes}, 201))["key"]
    answer = await ana.client.post(
        "/my/tools/list_files/call", json={"args": {}}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status_code == 403
