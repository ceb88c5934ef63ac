"""The scripted provider's Responses, and what it does beside conversations, by the official OpenAI package."""

import json

import openai
import pytest
from openai import AsyncOpenAI

from tests.fakes.llm_server import FakeLLM

TOOL = {
    "type": "function",
    "name": "list_files",
    "parameters": {"type": "object", "properties": {"path": {"type": "string"}}},
    "strict": False,
}


@pytest.fixture
async def client(fake_llm: FakeLLM):
    async with AsyncOpenAI(base_url=fake_llm.openai_url, api_key="sk-test", max_retries=0, timeout=5) as made:
        yield made


async def test_a_streamed_response_ends_as_the_whole_one(client):
    whole = await client.responses.create(model="think", input="hello")
    assert whole.output_text == "Answer: hello"
    async with client.responses.stream(model="think", input="hello") as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert final.model_dump(exclude={"output": {"__all__": {"content": {"__all__": {"parsed"}}}}})["output"] == [
        item.model_dump() for item in whole.output
    ]
    assert final.usage == whole.usage
    assert "response.reasoning_summary_text.delta" in kinds


async def test_a_response_goes_on_from_the_one_before(client):
    first = await client.responses.create(model="one_tool", input="look", tools=[TOOL])
    call = first.output[0]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "a.txt"}
    second = await client.responses.create(
        model="one_tool", input=[result], tools=[TOOL], previous_response_id=first.id
    )
    assert second.output_text == "Done: a.txt"
    with pytest.raises(openai.BadRequestError, match="not found"):
        await client.responses.create(model="echo", input="hi", previous_response_id="resp_nobody")


async def test_a_schema_is_met_and_a_limit_cuts(client):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    form = {"format": {"type": "json_schema", "name": "n", "schema": schema}}
    told = await client.responses.create(model="echo", input="hi", text=form)
    assert json.loads(told.output_text) == {"n": 1}
    cut = await client.responses.create(model="long", input="hi", max_output_tokens=16)
    assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_output_tokens")


async def test_errors_in_mid_stream_are_told(client):
    with pytest.raises(openai.APIError, match="Overloaded"):
        async for event in await client.responses.create(model="error_event", input="hi there you", stream=True):
            if event.type == "error":
                raise openai.APIError(event.message, request=None, body=None)  # type: ignore[arg-type]


async def test_sound_and_pictures(client):
    spoken = await client.audio.speech.create(model="tts-1", voice="alloy", input="hello", response_format="wav")
    assert spoken.content.startswith(b"RIFF")
    heard = await client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.wav", spoken.content))
    assert heard.text == f"You sent {len(spoken.content)} bytes of sound."
    words = [
        event.delta
        async for event in await client.audio.transcriptions.create(
            model="gpt-4o-transcribe", file=("a.wav", spoken.content), stream=True
        )
        if event.type == "transcript.text.delta"
    ]
    assert "".join(words) == heard.text
    drawn = await client.images.generate(model="gpt-image-1", prompt="grey", n=2)
    assert len(drawn.data) == 2
    assert drawn.data[0].b64_json


async def test_models_are_found_one_by_one(client):
    assert (await client.models.retrieve("echo")).id == "echo"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("nobody")
