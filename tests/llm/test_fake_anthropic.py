"""The scripted provider, spoken to by the official Anthropic package."""

import anthropic
import pytest
from anthropic import AsyncAnthropic

from tests.fakes.llm_server import FakeLLM

LIST = {"name": "list_files", "description": "Lists.", "input_schema": {"type": "object", "properties": {}}}
SEARCH = {
    "name": "search_files",
    "input_schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
HELLO = [{"role": "user", "content": "hello there"}]


@pytest.fixture
async def client(fake_llm: FakeLLM):
    async with AsyncAnthropic(base_url=fake_llm.anthropic_url, api_key="sk-ant", max_retries=0, timeout=5) as made:
        yield made


async def test_plain_answer(client):
    answer = await client.messages.create(model="echo", max_tokens=99, messages=HELLO)
    assert answer.content[0].text == "Echo: hello there"
    assert answer.stop_reason == "end_turn"
    assert answer.usage.output_tokens > 1


async def test_thinking_and_text_stream_to_the_same_message(client):
    whole = await client.messages.create(model="think", max_tokens=99, messages=HELLO)
    async with client.messages.stream(model="think", max_tokens=99, messages=HELLO) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_message()
    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert {"thinking", "signature", "text"} <= set(kinds)
    assert [b.type for b in final.content] == ["thinking", "text"]
    assert final.content[1].text == whole.content[1].text
    assert final.usage.output_tokens == whole.usage.output_tokens


async def test_tool_use_walks_to_the_answer(client):
    async with client.messages.stream(model="parallel", max_tokens=99, messages=HELLO, tools=[LIST, SEARCH]) as stream:
        asked = await stream.get_final_message()
    uses = [b for b in asked.content if b.type == "tool_use"]
    assert asked.stop_reason == "tool_use"
    assert [(u.name, u.input) for u in uses] == [("list_files", {}), ("search_files", {"query": "the"})]
    results = [{"type": "tool_result", "tool_use_id": u.id, "content": f"result {i}"} for i, u in enumerate(uses)]
    history = [*HELLO, {"role": "assistant", "content": asked.content}, {"role": "user", "content": results}]
    answer = await client.messages.create(model="parallel", max_tokens=99, messages=history, tools=[LIST, SEARCH])
    assert answer.content[0].text == "Both are back: result 0 | result 1"


async def test_an_unanswered_tool_use_is_refused(client):
    asked = await client.messages.create(model="one_tool", max_tokens=99, messages=HELLO, tools=[LIST])
    history = [*HELLO, {"role": "assistant", "content": asked.content}, *HELLO]
    with pytest.raises(anthropic.BadRequestError, match="without `tool_result`"):
        await client.messages.create(model="echo", max_tokens=99, messages=history)


async def test_cached_tokens_are_reported_apart(client):
    system = [{"type": "text", "text": "Be brief. " * 200, "cache_control": {"type": "ephemeral"}}]
    answer = await client.messages.create(model="echo", max_tokens=99, messages=HELLO, system=system)
    assert answer.usage.cache_creation_input_tokens > 0
    counted = await client.messages.count_tokens(model="echo", messages=HELLO, system=system)
    usage = answer.usage
    parts = (usage.input_tokens, usage.cache_creation_input_tokens, usage.cache_read_input_tokens)
    assert sum(parts) == counted.input_tokens


async def test_models_are_listed(client):
    assert "csv_walk" in [m.id async for m in client.models.list()]


@pytest.mark.parametrize(
    ("script", "error", "kind"),
    [
        ("wrong_key", anthropic.AuthenticationError, "authentication_error"),
        ("unknown_model", anthropic.NotFoundError, "not_found_error"),
        ("rate_limit", anthropic.RateLimitError, "rate_limit_error"),
        ("overloaded", anthropic.APIStatusError, "overloaded_error"),
    ],
)
async def test_errors_have_the_documented_shape(client, script, error, kind):
    with pytest.raises(error) as caught:
        await client.messages.create(model=script, max_tokens=99, messages=HELLO)
    assert caught.value.body["error"]["type"] == kind


async def test_an_error_event_in_mid_stream(client):
    with pytest.raises(anthropic.APIStatusError, match=r"(?i)overloaded"):
        async with client.messages.stream(model="error_event", max_tokens=99, messages=HELLO * 1) as stream:
            async for _ in stream:
                pass
