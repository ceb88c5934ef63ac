"""The scripted provider, spoken to by the official OpenAI package."""

import json

import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from tests.fakes.llm_server import FakeLLM

WEATHER = {
    "type": "function",
    "function": {
        "name": "list_files",
        "description": "Lists files.",
        "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    },
}
SEARCH = {
    "type": "function",
    "function": {
        "name": "search_files",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
    },
}
HELLO = [{"role": "user", "content": "hello there"}]


@pytest.fixture
async def client(fake_llm: FakeLLM):
    async with AsyncOpenAI(base_url=fake_llm.openai_url, api_key="sk-test", max_retries=0, timeout=5) as made:
        yield made


async def test_plain_answer_with_usage(client):
    answer = await client.chat.completions.create(model="echo", messages=HELLO)
    assert answer.choices[0].message.content == "Echo: hello there"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


async def test_streamed_answer_says_the_same_and_ends_with_the_same_usage(client):
    whole = await client.chat.completions.create(model="think", messages=HELLO)
    text, reasoning, usage = "", "", None
    async for chunk in await client.chat.completions.create(
        model="think", messages=HELLO, stream=True, stream_options={"include_usage": True}
    ):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasoning += getattr(choice.delta, "reasoning_content", None) or ""
    assert (text, reasoning) == (whole.choices[0].message.content, "Let me think about that first.")
    assert usage == whole.usage


async def test_parallel_tool_calls_arrive_in_fragments(client):
    async with client.chat.completions.stream(model="parallel", messages=HELLO, tools=[WEATHER, SEARCH]) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_completion()
    assert kinds.count("tool_calls.function.arguments.delta") > 2
    calls = final.choices[0].message.tool_calls
    assert [c.function.name for c in calls] == ["list_files", "search_files"]
    assert json.loads(calls[1].function.arguments) == {"query": "the"}


async def test_the_same_conversation_gets_the_same_call_ids(client):
    first, second = [
        await client.chat.completions.create(model="parallel", messages=HELLO, tools=[WEATHER, SEARCH])
        for _ in range(2)
    ]
    assert [c.id for c in first.choices[0].message.tool_calls] == [c.id for c in second.choices[0].message.tool_calls]


async def test_a_tool_result_leads_to_the_final_answer(client):
    asked = (await client.chat.completions.create(model="one_tool", messages=HELLO, tools=[WEATHER])).choices[0].message
    result = {"role": "tool", "tool_call_id": asked.tool_calls[0].id, "content": "a.txt"}
    answer = await client.chat.completions.create(model="one_tool", messages=[*HELLO, asked, result], tools=[WEATHER])
    assert answer.choices[0].message.content == "Done: a.txt"


async def test_a_history_with_an_unanswered_tool_call_is_refused(client):
    asked = (await client.chat.completions.create(model="one_tool", messages=HELLO, tools=[WEATHER])).choices[0].message
    with pytest.raises(openai.BadRequestError, match="did not have response messages"):
        await client.chat.completions.create(model="echo", messages=[*HELLO, asked, HELLO[0]])


async def test_a_json_schema_is_honoured(client):
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}
    answer = await client.chat.completions.create(
        model="echo",
        messages=HELLO,
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema, "strict": True}},
    )
    assert json.loads(answer.choices[0].message.content) == {"n": 3}


async def test_a_forced_tool_is_called(client):
    answer = await client.chat.completions.create(
        model="echo",
        messages=HELLO,
        tools=[SEARCH],
        tool_choice={"type": "function", "function": {"name": "search_files"}},
    )
    assert answer.choices[0].message.tool_calls[0].function.name == "search_files"


async def test_images_are_seen(client):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    content = [{"type": "text", "text": "what is this"}, image]
    answer = await client.chat.completions.create(model="echo", messages=[{"role": "user", "content": content}])
    assert answer.choices[0].message.content == "Echo: what is this (1 image)"


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("bad_request", openai.BadRequestError),
        ("wrong_key", openai.AuthenticationError),
        ("unknown_model", openai.NotFoundError),
        ("rate_limit", openai.RateLimitError),
        ("server_error", openai.InternalServerError),
        ("unavailable", openai.InternalServerError),
        ("cut_before", openai.APIConnectionError),
        ("cut_headers", openai.APIConnectionError),
        ("cut_mid", openai.APIConnectionError),
    ],
)
async def test_faults_have_their_own_errors(client, script, error):
    with pytest.raises(error) as caught:
        await client.chat.completions.create(model=script, messages=HELLO)
    if script == "rate_limit":
        assert caught.value.response.headers["retry-after"] == "2"


@pytest.mark.parametrize("script", ["cut_mid", "malformed", "error_event"])
async def test_a_stream_breaks_after_content(client, script):
    stream = await client.chat.completions.create(model=script, messages=HELLO * 3, stream=True)
    text = ""
    with pytest.raises((openai.APIError, httpx2.TransportError, ValueError)):
        async for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    assert text.startswith("Echo:")


async def test_a_stalled_stream_ends_by_the_clients_timeout(client):
    impatient = client.with_options(timeout=0.2)
    stream = await impatient.chat.completions.create(model="stall_mid", messages=HELLO * 3, stream=True)
    with pytest.raises((openai.APITimeoutError, httpx2.ReadTimeout)):
        async for _ in stream:
            pass


async def test_a_flaky_provider_works_the_second_time(client):
    answer = await client.with_options(max_retries=1).chat.completions.create(model="flaky_rate_limit", messages=HELLO)
    assert answer.choices[0].message.content == "Echo: hello there"


async def test_models_embeddings_and_keys(client, fake_llm):
    assert "csv_walk" in [m.id async for m in client.models.list()]
    made = await client.embeddings.create(model="text-embedding-3-small", input=["a cat", "a cat!", "zebra"])
    first, near, far = (e.embedding for e in made.data)
    assert len(first) == 64
    assert sum(x * y for x, y in zip(first, near, strict=True)) > sum(x * y for x, y in zip(first, far, strict=True))
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="wrong-key").models.list()
    assert [r["path"] for r in fake_llm.requests][:2] == ["/v1/models", "/v1/embeddings"]
