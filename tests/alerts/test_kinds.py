"""What each kind of rule looks at."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from entourage.events.types import HookEvent, TaskCompleted, TaskFailed
from entourage.kit.slow_queries import SlowQueries
from entourage.kit.telemetry import Telemetry
from tests.alerts.acting import firings, happen, look, make, spent, state_of, until
from tests.world import World

OK = TaskCompleted(run_id="r", agent="a", message_id="m", duration_ms=5)
FAILED = TaskFailed(run_id="r", agent="a", message_id="m", error={})


def hook(kind: str, **more: str) -> HookEvent:
    return HookEvent(event=kind, session_id="s", kind=kind, **more)


async def test_an_error_rate_is_a_share_of_enough_outcomes(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, kind="error_rate", threshold=25, min_events=4, types=[])
    await happen(quiet_world, ana, FAILED, FAILED, OK)
    await look(quiet_world)
    assert await state_of(ana, rule) == "ok", "three outcomes are not judged"
    await happen(quiet_world, ana, OK)
    await look(quiet_world)
    (firing,) = await firings(ana)
    assert (firing["state"], firing["value"]) == ("firing", 50)
    assert firing["summary"] == "50.0 % of 4 outcomes failed within 5 min (limit 25 %)"
    await happen(quiet_world, ana, *[OK] * 8)
    await look(quiet_world)
    assert await state_of(ana, rule) == "ok"


async def test_an_error_rate_of_one_source_leaves_others_out(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    mine = await make(ana, kind="error_rate", threshold=50, min_events=2, types=[], source="claude-code")
    all_of_it = await make(ana, kind="error_rate", threshold=50, min_events=2, types=[])
    failure = hook("PostToolUseFailure", error="exit 1")
    await happen(quiet_world, ana, failure, failure, source="claude-code", type="hook.PostToolUseFailure")
    await happen(quiet_world, ana, *[OK] * 8)
    await look(quiet_world)
    assert (await state_of(ana, mine), await state_of(ana, all_of_it)) == ("firing", "ok")


async def test_outcomes_before_the_window_do_not_count(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, kind="error_rate", threshold=5, min_events=1, window_seconds=120, types=[])
    await happen(quiet_world, ana, FAILED)
    await look(quiet_world, minutes=4)
    assert await state_of(ana, rule) == "ok"


async def test_a_budget_is_what_models_cost_within_the_window(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, kind="budget_burn", threshold=1, types=[])
    of_source = await make(ana, kind="budget_burn", threshold=0.5, types=[], source="claude-code")
    await happen(quiet_world, ana, spent("0.60"))
    await look(quiet_world)
    assert (await state_of(ana, rule), await state_of(ana, of_source)) == ("ok", "ok")
    await happen(quiet_world, ana, spent("0.60"), source="claude-code")
    await look(quiet_world)
    assert (await state_of(ana, rule), await state_of(ana, of_source)) == ("firing", "firing")


async def test_events_match_by_type_source_and_beginning(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    exact = await make(ana, types=["hook.Stop"], threshold=1)
    beginning = await make(ana, types=["hook.*"], threshold=3)
    other = await make(ana, types=["hook.*"], threshold=1, source="codex")
    for kind in ("PreToolUse", "PreToolUse", "Notification"):
        await happen(quiet_world, ana, hook(kind), source="claude-code", type=f"hook.{kind}")
    await look(quiet_world)
    assert [await state_of(ana, rule) for rule in (exact, beginning, other)] == ["ok", "firing", "ok"]


async def test_events_match_by_their_words(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, types=[], text="rm production")
    body = {"session_id": "s1", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": "t1"}
    for number, command in enumerate(("ls", "rm -rf /srv/production")):
        hook_body = {**body, "tool_use_id": f"t{number}", "tool_input": {"command": command}}
        await ana.post("/hooks/claude-code", hook_body, 200)
        await look(quiet_world)
        assert number or await state_of(ana, rule) == "ok"

    async def fires() -> bool:  # words are indexed a moment after the event
        await look(quiet_world)
        return await state_of(ana, rule) == "firing"

    await until(fires)


async def test_an_agent_that_says_nothing_is_stuck_until_it_goes_on(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, kind="stuck_agent", threshold=10, types=[], source="claude-code")
    body = {"session_id": "s1", "hook_event_name": "UserPromptSubmit", "prompt": "go"}
    await ana.post("/hooks/claude-code", body, 200)

    async def sessions() -> list[dict[str, Any]]:
        return (await ana.get("/sessions"))["items"]

    await until(sessions)
    await look(quiet_world, minutes=9)
    assert await state_of(ana, rule) == "ok"
    await look(quiet_world, minutes=11)
    assert await state_of(ana, rule) == "firing"
    assert "claude-code session s1: silent for 11 min" in (await firings(ana))[0]["summary"]
    await look(quiet_world, minutes=26 * 60)
    assert await state_of(ana, rule) == "ok", "after a day it is gone, not stuck"


async def test_admins_are_told_of_slow_queries_and_lost_events(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    instruments = quiet_world.services.get(Telemetry)
    monkeypatch.setattr(instruments, "slow_queries", SlowQueries())
    monkeypatch.setattr(instruments, "drops", deque[tuple[float, int]]())
    root = await quiet_world.person("root", is_admin=True)
    slow = await make(root, kind="slow_query", threshold=1000, types=[])
    lost = await make(root, kind="queue_overflow", threshold=1, types=[])
    telemetry = quiet_world.services.get(Telemetry)
    telemetry.query("SELECT 1", 0.9)
    await look(quiet_world)
    assert (await state_of(root, slow), await state_of(root, lost)) == ("ok", "ok")
    telemetry.query("SELECT 1", 1.5)
    telemetry.lost(3, "queue_full")
    await look(quiet_world)
    assert (await state_of(root, slow), await state_of(root, lost)) == ("firing", "firing")


async def test_who_is_no_admin_any_more_does_not_hear_of_the_server(quiet_world: World) -> None:
    root, second = await quiet_world.person("root", is_admin=True), await quiet_world.person("second", is_admin=True)
    lost = await make(second, kind="queue_overflow", threshold=1, types=[])
    await root.client.patch(f"/api/v1/admin/users/{second.id}", json={"is_admin": False})
    quiet_world.services.get(Telemetry).lost(3, "queue_full")
    await look(quiet_world)
    assert await state_of(second, lost) == "ok"
