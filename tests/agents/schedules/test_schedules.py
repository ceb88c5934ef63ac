"""What the team does by the clock: once, at the right hour, also after the clock or the server was away."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.agents.schedules.cron import next_ms
from entourage.agents.schedules.firing import Firing
from entourage.agents.schedules.service import MAX_SCHEDULES
from entourage.kit.clock import now_ms
from tests.agents.control.leading import run_of, text_of
from tests.fakes.llm_server import FakeLLM
from tests.fakes.replies import call, say
from tests.schema import fresh_postgres
from tests.world import Person, World, open_world

Json = dict[str, Any]

DAILY: Json = {"name": "Daily", "cron": "30 2 * * *", "timezone": "Europe/Berlin", "text": "What is new?"}
MINUTE = 60_000
KEY = Fernet.generate_key().decode()


@pytest.fixture
async def anna(world: World, fake_llm: FakeLLM) -> Person:
    person = await world.person("anna")
    await person.connect(fake_llm.openai_url, ["plain"])
    return person


def times(cron: str, zone: str, after: str, count: int) -> list[str]:
    """The next times, on the clocks of that place."""
    at = int(datetime.fromisoformat(after).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)
    found: list[str] = []
    for _ in range(count):
        at = next_ms(cron, zone, at)
        found.append(datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).isoformat())
    return found


def ms_of(told: str) -> int:
    return int(datetime.fromisoformat(told).timestamp() * 1000)


def firing(world: World) -> Firing:
    return world.services.get(Firing)


async def runs_of(person: Person, schedule: Json) -> list[Json]:
    session = (await person.get(f"/my/schedules/{schedule['id']}"))["session_id"]
    return (await person.get("/my/runs", session_id=session))["items"] if session else []


def test_in_spring_a_time_that_the_clock_jumps_over_comes_at_the_jump() -> None:
    assert times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00", 3) == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
    ]


def test_in_autumn_a_time_that_comes_twice_is_taken_once() -> None:
    assert times("30 2 * * *", "Europe/Berlin", "2026-10-25T00:00", 2) == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-26T02:30:00+01:00",
    ]
    every = times("*/30 * * * *", "Europe/Berlin", "2026-10-25T02:00", 3)
    assert every == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00"]


@settings(deadline=None)  # the first call reads the time zone
@given(
    st.sampled_from(["* * * * *", "*/7 * * * *", "5 4 * * *", "0 0 1 * *", "15 10 L * *", "0 9 * * 1-5"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.integers(ms_of("2025-01-01T00:00Z"), ms_of("2030-01-01T00:00Z")),
)
def test_the_next_time_is_later_and_on_a_minute(cron: str, zone: str, at: int) -> None:
    found = next_ms(cron, zone, at)
    assert found > at
    assert found % MINUTE == 0


async def test_it_asks_in_a_conversation_of_its_own(world: World, anna: Person, fake_llm: FakeLLM) -> None:
    schedule = await anna.post("/my/schedules", DAILY, 201)
    assert schedule["session_id"] is None
    due = ms_of(schedule["next_at"])
    assert await firing(world).fire_due(due - 1) == 0
    assert await firing(world).fire_due(due) >= 1
    (run,) = await runs_of(anna, schedule)
    told = await anna.get(f"/my/schedules/{schedule['id']}")
    assert (told["last_run_id"], ms_of(told["last_at"])) == (run["id"], due)
    assert ms_of(told["next_at"]) - due == pytest.approx(24 * 60 * MINUTE, abs=60 * MINUTE)
    chat = await anna.get(f"/my/chat/{told['session_id']}")
    assert chat["title"] == "Daily"
    (question, _) = (await anna.get(f"/my/chat/{chat['id']}/messages"))["items"]
    assert text_of(question) == "What is new?"
    assert await firing(world).fire_due(due) == 0


async def test_after_a_downtime_one_late_run_is_made(world: World, anna: Person, fake_llm: FakeLLM) -> None:
    schedule = await anna.post("/my/schedules", {**DAILY, "cron": "*/10 * * * *"}, 201)
    late = ms_of(schedule["next_at"]) + 3 * 24 * 60 * MINUTE
    await firing(world).fire_due(late)
    assert len(await runs_of(anna, schedule)) == 1
    told = await anna.get(f"/my/schedules/{schedule['id']}")
    assert late < ms_of(told["next_at"]) <= late + 10 * MINUTE


async def test_two_processes_at_one_database_run_it_once(tmp_path: Path, engine: str, fake_llm: FakeLLM) -> None:
    if engine != "postgresql":
        pytest.skip("an embedded database has one process")
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_postgres(os.environ["ENTOURAGE_TEST_POSTGRES_URL"]))
        shared = {"database_url": url, "master_key": KEY}
        one, two = [await stack.enter_async_context(open_world(tmp_path / name, **shared)) for name in ("one", "two")]
        anna = await one.person("anna")
        await anna.connect(fake_llm.openai_url, ["plain"])
        schedules = [await anna.post("/my/schedules", DAILY, 201) for _ in range(10)]
        due = ms_of(schedules[0]["next_at"])
        looks = [firing(world).fire_due(due) for world in (one, two) for _ in range(3)]
        assert sum(await asyncio.gather(*looks)) == 10
        for schedule in schedules:
            assert len(await runs_of(anna, schedule)) == 1


async def test_it_passes_over_a_time_while_its_last_run_goes_on(world: World, anna: Person, fake_llm: FakeLLM) -> None:
    fake_llm.play(lambda c: say("So.") if c.results else call("ask_user", question="Which?"))
    schedule = await anna.post("/my/schedules", DAILY, 201)
    due = ms_of(schedule["next_at"])
    await firing(world).fire_due(due)
    (run,) = await runs_of(anna, schedule)
    await anna.events_until(run["chat_id"], "approval_requested")
    await firing(world).fire_due(due + 25 * 60 * MINUTE)
    told = await anna.get(f"/my/schedules/{schedule['id']}")
    assert (told["last_run_id"], told["error"]) == (run["id"], "Its last run still goes on.")
    assert len(await runs_of(anna, schedule)) == 1
    assert ms_of(told["next_at"]) > due + 25 * 60 * MINUTE


async def test_it_waits_for_the_turn_before_in_a_given_conversation(
    world: World, anna: Person, fake_llm: FakeLLM
) -> None:
    fake_llm.play(lambda c: say("So.") if c.results else call("ask_user", question="Which?"))
    chat = await anna.chat()
    sent = await anna.say(chat, "ask me")
    schedule = await anna.post("/my/schedules", {**DAILY, "session_id": chat, "agent": "coder"}, 201)
    run = await anna.post(f"/my/schedules/{schedule['id']}/run", status=202)
    assert (run["chat_id"], run["agent"], run["status"]) == (chat, "coder", "queued")
    await anna.post(f"/my/runs/{sent['run_id']}/cancel", status=202)
    await anna.events_until(chat, "approval_requested", after=sent["seq"] + 1)
    assert (await run_of(anna, {"run_id": run["id"]}))["status"] != "failed"


async def test_paused_it_is_not_due_and_resumed_it_goes_by_the_next_time(world: World, anna: Person) -> None:
    schedule = await anna.post("/my/schedules", DAILY, 201)
    door = f"/my/schedules/{schedule['id']}"
    paused = (await anna.client.patch(door, json={"status": "paused"})).json()
    assert (paused["status"], paused["next_at"]) == ("paused", None)
    await firing(world).fire_due(now_ms() + 5 * 24 * 60 * MINUTE)
    assert await runs_of(anna, schedule) == []
    resumed = (await anna.client.patch(door, json={"status": "active", "cron": "0 0 * * *", "timezone": "UTC"})).json()
    tomorrow = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert datetime.fromisoformat(resumed["next_at"]) == tomorrow
    stale = await anna.client.patch(door, json={"name": "x"}, headers={"If-Match": '"old"'})
    assert stale.status_code == 412
    assert (await anna.client.delete(door)).status_code == 204
    assert (await anna.client.get(door)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"cron": "* * * * * *"},
        {"cron": "61 0 * * *"},
        {"cron": "0 0 30 2 *"},
        {"cron": "every morning, please"},
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"text": " "},
        {"name": ""},
    ],
)
async def test_what_is_no_time_is_refused(anna: Person, wrong: Json) -> None:
    refused = await anna.client.post("/my/schedules", json={**DAILY, **wrong})
    assert refused.status_code == 422, refused.text


async def test_an_agent_or_conversation_must_be_there_and_there_is_a_bound(anna: Person) -> None:
    for wrong in ({"agent": "nobody"}, {"session_id": "01890000-0000-7000-8000-000000000000"}):
        assert (await anna.client.post("/my/schedules", json={**DAILY, **wrong})).status_code in (404, 422)
    for _ in range(MAX_SCHEDULES):
        await anna.post("/my/schedules", {**DAILY, "status": "paused"}, 201)
    refused = await anna.client.post("/my/schedules", json=DAILY)
    assert refused.status_code == 507
