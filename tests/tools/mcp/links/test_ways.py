"""What every link does, over each transport and in each era."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from entourage.tools.mcp.links.errors import McpError, TookTooLong
from entourage.tools.mcp.links.link import Link
from tests.tools.mcp.fake import WAYS, Client, Heard, linked, text_of


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="module")
async def link(way: str, heard: Heard) -> AsyncIterator[Link]:
    """One link for all the tests of a way: requests of different tests share it as those of different people do not."""
    heard.all.clear()
    async with linked(way, heard) as opened:
        yield opened


async def call(link: Link, name: str, **args: object) -> str:
    return text_of(await link.request("tools/call", {"name": name, "arguments": args}))


async def test_it_finds_the_era_by_itself(link: Link, way: str) -> None:
    assert link.era == way.split("-")[1]
    assert link.protocol_version == ("2026-07-28" if link.era == "modern" else "2025-11-25")
    assert link.server_info["name"] == "fake"
    assert link.instructions == "Be kind."
    assert link.capabilities["tools"] == {"listChanged": True}


async def test_calls_overlap_and_each_gets_its_own_answer(link: Link) -> None:
    answers = await asyncio.gather(*(call(link, "echo", number=number) for number in range(40)))
    assert [json.loads(one)["number"] for one in answers] == list(range(40))


async def test_text_of_every_kind_comes_back_as_it_went(link: Link) -> None:
    text = 'ä\u2028\u2029 "quoted" \\ 🙂 \x07 line\nline'
    assert json.loads(await call(link, "echo", text=text))["text"] == text


async def test_a_refusal_keeps_its_code_and_data(link: Link) -> None:
    with pytest.raises(McpError) as refused:
        await call(link, "fail")
    assert (refused.value.code, refused.value.data) == (-32099, {"why": "because"})


async def test_a_tool_that_went_wrong_is_a_result(link: Link) -> None:
    assert (await link.request("tools/call", {"name": "bad"}))["isError"] is True


async def test_ten_megabytes_come_whole(link: Link) -> None:
    assert len(await call(link, "big", size=10_000_000)) == 10_000_000


async def test_a_call_that_hangs_ends_in_time_and_disturbs_nobody(link: Link) -> None:
    hanging = asyncio.create_task(link.request("tools/call", {"name": "hang"}, timeout_seconds=0.3))
    assert json.loads(await call(link, "echo", a=1)) == {"a": 1}
    with pytest.raises(TookTooLong):
        await hanging


async def test_the_server_is_told_of_a_call_nobody_waits_for(link: Link, way: str) -> None:
    if way == "json-modern":
        pytest.skip("a server that answers whole bodies does not look at the connection meanwhile")
    before = int(await call(link, "cancelled"))
    task = asyncio.create_task(link.request("tools/call", {"name": "hang"}))
    await call(link, "echo")
    task.cancel()
    async with asyncio.timeout(10):
        while int(await call(link, "cancelled")) == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_what_the_server_asks_is_answered(link: Link, way: str) -> None:
    if way == "json-legacy":
        pytest.skip("a legacy server that answers whole bodies has no way to ask")
    client = Client()
    answer, _ = json.loads(text_of(await link.request("tools/call", {"name": "ask", "arguments": {}}, ask=client)))
    assert answer == {"action": "accept", "content": {"name": "Ana"}}
    assert client.asked[0][0] == "elicitation/create"
    assert client.asked[0][1]["message"] == "Your name?"


async def test_where_nobody_can_be_asked_the_answer_is_no(link: Link, way: str) -> None:
    if way == "json-legacy":
        pytest.skip("a legacy server that answers whole bodies has no way to ask")
    answer, _ = json.loads(await call(link, "ask"))
    assert answer == {"action": "decline"}


async def test_rounds_may_be_left_to_the_client(link: Link) -> None:
    if link.era == "legacy":
        pytest.skip("rounds are of the modern era")
    first = await link.request("tools/call", {"name": "ask", "arguments": {}}, raw_rounds=True)
    assert first["resultType"] == "input_required"
    more = {"inputResponses": {"who": {"action": "cancel"}}, "requestState": first["requestState"]}
    second = await link.request("tools/call", {"name": "ask", "arguments": {}, **more}, raw_rounds=True)
    assert json.loads(text_of(second)) == [{"action": "cancel"}, "s1"]


async def test_progress_is_told_and_keeps_the_clock_from_running_out(link: Link, way: str) -> None:
    if way.startswith("json"):
        pytest.skip("a server that answers whole bodies tells no progress")
    told: list[tuple[float, float | None, str | None]] = []
    result = await link.request(
        "tools/call",
        {"name": "slow", "arguments": {"pause": 0.4}},
        progress=lambda *step: told.append(step),
        timeout_seconds=1.0,
    )
    assert text_of(result) == "done"
    assert told == [(0, 3, "step 0"), (1, 3, "step 1"), (2, 3, "step 2")]


async def test_a_log_message_reaches_whoever_called(link: Link, way: str) -> None:
    if way.startswith("json"):
        pytest.skip("a server that answers whole bodies logs to nobody")
    lines: list[dict[str, object]] = []
    await link.request("tools/call", {"name": "log", "arguments": {"text": "hello"}}, log=lines.append)
    assert [line["data"] for line in lines] == ["hello"]


async def test_changes_of_lists_are_heard(link: Link, heard: Heard) -> None:
    async with asyncio.timeout(10):
        while ("changed", "tools") not in heard.all:  # it begins to listen in its own time
            await call(link, "change")
            await asyncio.sleep(0.02)


async def test_a_watched_resource_tells_of_its_change(link: Link, heard: Heard, way: str) -> None:
    if way.endswith("modern"):
        await link.watch(frozenset({"memo://one"}))
        async with asyncio.timeout(10):
            while ("updated", "memo://one") not in heard.all:  # it listens anew in its own time
                await call(link, "touch")
                await asyncio.sleep(0.02)
        return
    await link.watch(frozenset({"memo://one"}))
    await call(link, "touch")
    assert await heard.wait("updated") == "memo://one"
