"""The official Python SDKs, unchanged, whatever dialect the provider behind the gateway speaks."""

import base64
from collections.abc import AsyncIterator

import anthropic
import openai
import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel

from tests.fakes.media import png
from tests.llm.clients.conftest import Shop

HELLO = [{"role": "user", "content": "hello there"}]
PICTURE = base64.b64encode(png(7)).decode()
CHAT_TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("list_files", "search_files")
]
TOOLS = [{"name": tool["function"]["name"], "input_schema": {"type": "object"}} for tool in CHAT_TOOLS]

each_provider = pytest.mark.parametrize("provider", ["chat", "both", "claude"])


class Answer(BaseModel):
    n: int


@pytest.fixture
async def oai(shop: Shop) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=shop.openai_url, api_key=shop.key, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
async def claude(shop: Shop) -> AsyncIterator[AsyncAnthropic]:
    async with AsyncAnthropic(base_url=shop.url, api_key=shop.key, max_retries=0, timeout=20) as client:
        yield client


@each_provider
async def test_chat_completions(oai: AsyncOpenAI, provider: str) -> None:
    whole = await oai.chat.completions.create(model=f"{provider}/think", messages=HELLO)
    assert whole.choices[0].message.content == "Answer: hello there"
    text, usage = "", None
    async for chunk in await oai.chat.completions.create(
        model=f"{provider}/think", messages=HELLO, stream=True, stream_options={"include_usage": True}
    ):
        text += chunk.choices[0].delta.content or "" if chunk.choices else ""
        usage = chunk.usage or usage
    assert text == "Answer: hello there"
    assert usage
    assert usage.completion_tokens == whole.usage.completion_tokens
    async with oai.chat.completions.stream(model=f"{provider}/parallel", messages=HELLO, tools=CHAT_TOOLS) as stream:
        called = (await stream.get_final_completion()).choices[0].message
    assert [call.function.name for call in called.tool_calls] == ["list_files", "search_files"]
    results = [{"role": "tool", "tool_call_id": call.id, "content": "a.txt"} for call in called.tool_calls]
    history = [*HELLO, called.model_dump(exclude_none=True), *results]
    told = await oai.chat.completions.create(model=f"{provider}/parallel", messages=history, tools=CHAT_TOOLS)
    assert told.choices[0].message.content == "Both are back: a.txt | a.txt"
    parsed = await oai.chat.completions.parse(model=f"{provider}/echo", messages=HELLO, response_format=Answer)
    assert parsed.choices[0].message.parsed == Answer(n=1)
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}
    seen = await oai.chat.completions.create(
        model=f"{provider}/echo", messages=[{"role": "user", "content": [{"type": "text", "text": "see"}, image]}]
    )
    assert seen.choices[0].message.content == "Echo: see (1 image)"


@each_provider
async def test_responses(oai: AsyncOpenAI, provider: str) -> None:
    whole = await oai.responses.create(model=f"{provider}/think", input="hello there")
    assert whole.output_text == "Answer: hello there"
    async with oai.responses.stream(model=f"{provider}/think", input="hello there") as stream:
        deltas = [event.delta async for event in stream if event.type == "response.output_text.delta"]
        final = await stream.get_final_response()
    assert "".join(deltas) == final.output_text == whole.output_text
    assert final.usage == whole.usage
    tools = [{"type": "function", "name": "list_files", "parameters": {"type": "object"}, "strict": False}]
    called = await oai.responses.create(model=f"{provider}/one_tool", input="look", tools=tools)
    call = next(item for item in called.output if item.type == "function_call")
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "a.txt"}
    given = [{"role": "user", "content": "look"}, call.model_dump(exclude_none=True), result]
    told = await oai.responses.create(model=f"{provider}/one_tool", input=given, tools=tools)
    assert told.output_text == "Done: a.txt"
    parsed = await oai.responses.parse(model=f"{provider}/echo", input="hi", text_format=Answer)
    assert parsed.output_parsed == Answer(n=1)
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}"}
    content = [{"type": "input_text", "text": "see"}, image]
    seen = await oai.responses.create(model=f"{provider}/echo", input=[{"role": "user", "content": content}])
    assert seen.output_text == "Echo: see (1 image)"


@each_provider
async def test_messages(claude: AsyncAnthropic, provider: str) -> None:
    asked = {"max_tokens": 500, "messages": HELLO}
    whole = await claude.messages.create(model=f"{provider}/think", **asked)
    assert [block.type for block in whole.content] == ["thinking", "text"]
    async with claude.messages.stream(model=f"{provider}/think", **asked) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        final = await stream.get_final_message()
    assert text == final.content[1].text == "Answer: hello there"
    assert final.usage.output_tokens == whole.usage.output_tokens
    called = await claude.messages.create(model=f"{provider}/parallel", tools=TOOLS, **asked)
    uses = [block for block in called.content if block.type == "tool_use"]
    assert [use.name for use in uses] == ["list_files", "search_files"]
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}}
    results = [
        {"type": "tool_result", "tool_use_id": uses[0].id, "content": [{"type": "text", "text": "a.txt"}, image]},
        {"type": "tool_result", "tool_use_id": uses[1].id, "content": "b.txt"},
    ]
    history = [*HELLO, {"role": "assistant", "content": called.content}, {"role": "user", "content": results}]
    told = await claude.messages.create(model=f"{provider}/parallel", max_tokens=500, messages=history, tools=TOOLS)
    assert "a.txt" in told.content[-1].text
    assert "b.txt" in told.content[-1].text
    parsed = await claude.messages.parse(model=f"{provider}/echo", output_format=Answer, **asked)
    assert parsed.parsed_output == Answer(n=1)


async def test_tokens_are_counted_at_the_provider(claude: AsyncAnthropic) -> None:
    counted = await claude.messages.count_tokens(model="claude/echo", messages=HELLO)
    assert counted.input_tokens > 0


async def test_embeddings_sound_and_pictures(oai: AsyncOpenAI) -> None:
    vectors = await oai.embeddings.create(model="both/text-embedding-3-small", input=["one", "two"], dimensions=8)
    assert [len(item.embedding) for item in vectors.data] == [8, 8]
    spoken = await oai.audio.speech.create(model="both/tts-1", voice="alloy", input="hello", response_format="wav")
    assert spoken.content.startswith(b"RIFF")
    heard = await oai.audio.transcriptions.create(model="both/gpt-4o-transcribe", file=("a.wav", spoken.content))
    assert heard.text == f"You sent {len(spoken.content)} bytes of sound."
    drawn = await oai.images.generate(model="both/gpt-image-1", prompt="grey")
    assert base64.b64decode(drawn.data[0].b64_json).startswith(b"\x89PNG")


async def test_models_are_listed_and_found(oai: AsyncOpenAI, claude: AsyncAnthropic) -> None:
    listed = [model.id async for model in oai.models.list()]
    assert "both/auto" in listed
    assert (await oai.models.retrieve("both/auto")).id == "both/auto"
    assert "both/auto" in [model.id async for model in claude.models.list()]


@each_provider
async def test_sdks_raise_what_they_document(oai: AsyncOpenAI, claude: AsyncAnthropic, provider: str) -> None:
    with pytest.raises(openai.RateLimitError):
        await oai.chat.completions.create(model=f"{provider}/no_credit", messages=HELLO)
    with pytest.raises(openai.BadRequestError):
        await oai.responses.create(model=f"{provider}/bad_request", input="hi")
    with pytest.raises(anthropic.BadRequestError):
        await claude.messages.create(model=f"{provider}/bad_request", max_tokens=9, messages=HELLO)
    with pytest.raises(anthropic.NotFoundError):
        await claude.messages.create(model="nobody", max_tokens=9, messages=HELLO)
    with pytest.raises(openai.APIError):
        async for _ in await oai.chat.completions.create(model=f"{provider}/error_event", messages=HELLO, stream=True):
            pass
