"""`offline`, `team` and `@agent` as models, asked by the official SDKs in every dialect."""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass

import anthropic
import openai
import pytest
from anthropic import AsyncAnthropic
from openai import AsyncOpenAI

from tests.fakes.llm_server import FakeLLM
from tests.fakes.media import png
from tests.world import Person, World

LIST = "/call list_files {}\n/say All listed."


@dataclass
class House:
    world: World
    llm: FakeLLM
    ana: Person
    bob: Person

    def openai(self, person: Person, **headers: str) -> AsyncOpenAI:
        return AsyncOpenAI(
            base_url=f"{self.world.url}/v1", api_key=person.token, max_retries=0, default_headers=headers
        )

    def anthropic(self, person: Person) -> AsyncAnthropic:
        return AsyncAnthropic(base_url=self.world.url, api_key=person.token, max_retries=0)


@pytest.fixture(scope="module")
def team_llm() -> Iterator[FakeLLM]:
    with FakeLLM("calls") as running:
        yield running


@pytest.fixture
async def house(small_world: World, team_llm: FakeLLM) -> House:
    ana, bob = await small_world.person("ana"), await small_world.person("bob")
    for person in (ana, bob):
        await person.connect(team_llm.openai_url, ["calls"])
    return House(small_world, team_llm, ana, bob)


def _says(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def test_chat_tells_of_tools_as_reasoning_and_never_as_calls_to_make(house: House) -> None:
    client = house.openai(house.ana)
    whole = (await client.chat.completions.create(model="team", messages=_says(LIST))).choices[0].message
    text = reasoning = ""
    async for chunk in await client.chat.completions.create(model="team", messages=_says(LIST), stream=True):
        delta = chunk.choices[0].delta
        assert not delta.tool_calls
        text += delta.content or ""
        reasoning += getattr(delta, "reasoning_content", "") or ""
    assert text == whole.content == "All listed."
    assert reasoning == whole.reasoning_content == "→ list_files {}\n✓ list_files: There are no files here.\n"
    assert whole.entourage["tool_calls"][0]["output"] == "There are no files here."


async def test_responses_tell_of_tools_as_calls_that_ran_on_the_server(house: House) -> None:
    client = house.openai(house.ana)
    whole = await client.responses.create(model="@coder", input=LIST)
    async with client.responses.stream(model="@coder", input=LIST) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    for told in (whole, final):
        assert [item.type for item in told.output] == ["mcp_call", "message"]
        assert (told.output[0].name, told.output[0].output) == ("list_files", "There are no files here.")
        assert told.output_text == "All listed."
    assert "response.mcp_call.completed" in kinds


async def test_messages_tell_of_tools_as_thinking(house: House) -> None:
    client = house.anthropic(house.ana)
    whole = await client.messages.create(model="team", max_tokens=100, messages=_says(LIST))
    async with client.messages.stream(model="team", max_tokens=100, messages=_says(LIST)) as stream:
        final = await stream.get_final_message()
    for told in (whole, final):
        assert [block.type for block in told.content] == ["thinking", "text"]
        assert "→ list_files" in told.content[0].thinking
        assert told.content[1].text == "All listed."
        assert told.stop_reason == "end_turn"


async def test_a_client_that_sends_its_whole_history_stays_in_one_conversation(house: House) -> None:
    client, before = house.openai(house.bob), _says("/say First.")
    first = await client.chat.completions.create(model="team", messages=before)
    after = [*before, {"role": "assistant", "content": first.choices[0].message.content}, *_says("/say Second.")]
    await client.chat.completions.create(model="team", messages=after)
    chats = (await house.bob.get("/my/chat"))["items"]
    assert [chat["message_count"] for chat in chats] == [4]
    elsewhere = [*_says("hello"), {"role": "assistant", "content": "hi"}, *_says("/say Third.")]
    await client.chat.completions.create(model="team", messages=elsewhere)
    chats = (await house.bob.get("/my/chat"))["items"]
    assert [(chat["title"], chat["message_count"]) for chat in chats[:1]] == [("hello", 4)]


async def test_a_response_goes_on_in_the_conversation_of_the_one_before(house: House) -> None:
    client = house.openai(house.ana)
    first = await client.responses.create(model="team", input="/say One.")
    second = await client.responses.create(model="team", input="/say Two.", previous_response_id=first.id)
    assert second.output_text == "Two."
    newest = (await house.ana.get("/my/chat"))["items"][0]
    assert newest["message_count"] == 4
    with pytest.raises(openai.NotFoundError):
        await house.openai(house.bob).responses.create(model="team", input="hi", previous_response_id=first.id)


async def test_a_session_of_the_callers_own_name_is_one_conversation(house: House) -> None:
    client = house.openai(house.ana, **{"x-entourage-session": "my thread"})
    for said in ("One.", "Two."):
        told = await client.chat.completions.create(model="team", messages=_says(f"/say {said}"))
        assert told.choices[0].message.content == said
    chats = (await house.ana.get("/my/chat"))["items"]
    assert [chat["message_count"] for chat in chats] == [4]


async def test_a_run_that_fails_is_an_error_of_the_dialect(house: House) -> None:
    await house.ana.connect(house.llm.openai_url, ["bad_request"], name="bad")
    with pytest.raises(openai.APIStatusError, match="Invalid value") as refused:
        await house.openai(house.ana).chat.completions.create(model="team", messages=_says("hi"), stream=True)
    assert refused.value.status_code == 502
    with pytest.raises(anthropic.APIStatusError, match="Invalid value"):
        await house.anthropic(house.ana).messages.create(model="team", max_tokens=9, messages=_says("hi"))


async def test_what_waits_for_approval_is_in_the_inbox_and_the_stream_goes_on(house: House) -> None:
    text, reasoning, decided = "", "", None
    asked = f'/call http_fetch {{"url": "{house.llm.url}/page"}}\n/say Approved.'
    async with asyncio.timeout(30):
        async for chunk in await house.openai(house.ana).chat.completions.create(
            model="@coder", messages=_says(asked), stream=True
        ):
            delta = chunk.choices[0].delta
            text += delta.content or ""
            reasoning += getattr(delta, "reasoning_content", "") or ""
            if "needs your approval" in reasoning and decided is None:
                waiting = (await house.ana.get("/my/approvals", status="pending"))["items"][0]
                decided = await house.ana.post(f"/my/approvals/{waiting['id']}/decide", {"decision": "approve"}, 200)
    assert decided
    assert text == "Approved."


async def test_a_client_that_hangs_up_cancels_the_run(house: House) -> None:
    await house.ana.connect(house.llm.openai_url, ["long"], name="slow")
    house.llm.provider.pace.between_ms = 50
    stream = await house.openai(house.ana).chat.completions.create(model="team", messages=_says("go"), stream=True)
    async for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    await stream.close()
    house.llm.provider.pace.between_ms = 0
    chat = (await house.ana.get("/my/chat"))["items"][0]
    ended = await house.ana.events_until(chat["id"], "task_cancelled", "task_completed")
    assert ended[-1]["type"] == "task_cancelled"


async def test_pictures_become_attachments(house: House) -> None:
    picture = f"data:image/png;base64,{base64.b64encode(png(9)).decode()}"
    content = [{"type": "text", "text": "/say Seen."}, {"type": "image_url", "image_url": {"url": picture}}]
    told = await house.openai(house.bob).chat.completions.create(
        model="team", messages=[{"role": "user", "content": content}]
    )
    assert told.choices[0].message.content == "Seen."
    chat = (await house.bob.get("/my/chat"))["items"][0]
    parts = (await house.bob.get(f"/my/chat/{chat['id']}/messages"))["items"][0]["parts"]
    assert [part["name"] for part in parts if part["type"] == "attachment"] == ["image-1.png"]


async def test_the_offline_model_answers_in_every_dialect(house: House) -> None:
    asked = "what is 6 * 7?"
    chat = await house.openai(house.ana).chat.completions.create(model="offline", messages=_says(asked))
    response = await house.openai(house.ana).responses.create(model="offline", input=asked)
    async with house.anthropic(house.ana).messages.stream(
        model="offline", max_tokens=50, messages=_says(asked)
    ) as stream:
        message = await stream.get_final_message()
    assert chat.choices[0].message.content == response.output_text == message.content[0].text
    assert "42" in response.output_text


async def test_the_offline_model_calls_the_tools_of_its_caller(house: House) -> None:
    tool = {"name": "list_files", "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}}}
    asked = await house.anthropic(house.ana).messages.create(
        model="offline", max_tokens=50, messages=_says("list my files"), tools=[tool]
    )
    assert asked.stop_reason == "tool_use"
    assert asked.content[-1].name == "list_files"


async def test_what_is_not_there_or_cannot_be_kept_is_refused_in_the_dialect(house: House) -> None:
    client = house.openai(house.ana)
    with pytest.raises(openai.NotFoundError, match="no such agent"):
        await client.chat.completions.create(model="@nobody", messages=_says("hi"))
    with pytest.raises(anthropic.BadRequestError, match="tool_choice"):
        await house.anthropic(house.ana).messages.create(
            model="team",
            max_tokens=9,
            messages=_says("hi"),
            tools=[{"name": "x", "input_schema": {"type": "object"}}],
            tool_choice={"type": "any"},
        )
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
    with pytest.raises(openai.BadRequestError, match="response_format"):
        await client.chat.completions.create(model="team", messages=_says("hi"), response_format=form)


async def test_the_models_of_the_house_are_listed(house: House) -> None:
    listed = [model.id async for model in house.openai(house.ana).models.list()]
    assert {"team", "@coder", "offline"} <= set(listed)
