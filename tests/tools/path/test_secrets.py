"""What is lent to a backend, and what looks like a token, is in nothing that comes back or stays behind."""

from __future__ import annotations

from entourage.kit.errors import Upstream
from entourage.tools.tool import ToolCall, ToolResult
from tests.tools.path.shelf import Counting, Shelf, call, settled
from tests.world import Person, World

LENT = "correct-horse-battery"
TOKEN = "ghp_" + "a1B2" * 10


async def lend(call: ToolCall, _args: object) -> ToolResult:
    call.secrets.append(LENT)
    said = f"I was given {LENT} and found {TOKEN}"
    return ToolResult(
        said,
        content=(
            {"type": "text", "text": said},
            {"type": "resource", "resource": {"uri": f"x://{LENT}", "text": said, "mimeType": "text/plain"}},
            {"type": "image", "data": "Z2hwXw==", "mimeType": "image/png"},
        ),
        structured={"deep": [{LENT: said}]},
        meta={"note": said},
    )


async def test_results_come_back_without_them(ana: Person, shelf: Shelf) -> None:
    shelf.put(ana, "vault.peek", lend, {})
    answer = await ana.client.post("/my/tools/vault.peek/call", json={"args": {}})
    assert LENT not in answer.text
    assert TOKEN not in answer.text
    result = answer.json()
    assert result["text"] == "I was given [redacted] and found ghp_[redacted]"
    assert result["structured"]["deep"][0]["[redacted]"] == result["text"]
    assert result["content"][2]["data"] == "Z2hwXw=="


async def test_errors_and_events_do_not_have_them(small_world: World, ana: Person, shelf: Shelf) -> None:
    async def fail(call: ToolCall, _args: object) -> ToolResult:
        call.secrets.append(LENT)
        raise Upstream(f"401 for {LENT}")

    shelf.put(ana, "vault.fail", fail, {})
    shelf.put(ana, "vault.peek", lend, {})
    assert (await call(ana, "vault.fail", {"with": TOKEN}))["error"] == "401 for [redacted]"
    await call(ana, "vault.peek", {"with": TOKEN})
    await settled(small_world)
    for path in ("/events", "/my/tool-calls", "/my/tools/health"):
        text = (await ana.client.get(path)).text
        assert "vault" in text
        assert LENT not in text
        assert TOKEN not in text


async def test_plain_code_is_left_as_it_is(ana: Person, shelf: Shelf) -> None:
    code = 'password = "hunter22"\nsk = "sk-short"\ntask-list-of-things-to-do-today'
    shelf.put(ana, "files.read", Counting(lambda _call, _args: ToolResult(code)), {})
    assert (await call(ana, "files.read"))["text"] == code
