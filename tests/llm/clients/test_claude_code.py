"""Claude Code through `/v1/messages`: what it sends arrives byte for byte, and it works with models of others."""

import pytest

from tests.fakes.tap import Tap
from tests.hooks.claude import BINARY, arguments, script
from tests.hooks.claude import MISSING as NO_CLAUDE
from tests.llm.clients.conftest import Shop

pytestmark = pytest.mark.skipif(not BINARY.exists(), reason=NO_CLAUDE)


def _environment(url: str, key: str) -> dict[str, str]:
    return {
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": key,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "IS_SANDBOX": "1",
    }


async def test_a_session_passes_byte_for_byte(shop: Shop) -> None:
    prompt = script(("Bash", {"command": "echo from-the-shell"}))
    async with Tap(shop.url) as tap:
        said = await shop.run(BINARY, *arguments(prompt, "Bash"), **_environment(tap.url, shop.key))
    assert "from-the-shell" in said
    sent = [one for one in tap.requests if one.path.startswith("/v1/messages")]
    arrived = shop.llm.requests
    assert len(sent) == len(arrived) >= 2
    for one, got, body in zip(sent, arrived, shop.llm.bodies, strict=True):
        assert body == one.body
        for name in ("anthropic-beta", "anthropic-version", "x-claude-code-session-id", "user-agent"):
            assert got["headers"].get(name) == one.header(name)
        assert one.path.partition("?")[2] == got["query"]
        assert got["headers"]["x-api-key"] == "sk-test"
    assert any(len(got["headers"]["anthropic-beta"].split(",")) > 3 for got in arrived)


async def test_it_works_with_a_model_that_speaks_chat_only(shop: Shop) -> None:
    prompt = script(("Bash", {"command": "echo from-the-shell"}))
    given = arguments(prompt, "Bash")
    given[given.index("claude-sonnet-4-5")] = "chat/calls"
    said = await shop.run(BINARY, *given, **_environment(shop.url, shop.key))
    assert "from-the-shell" in said
    assert {request["path"] for request in shop.llm.requests} == {"/v1/chat/completions"}
