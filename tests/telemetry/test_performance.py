"""`/api/v1/admin/performance`, `/ready` and `/health`."""

from __future__ import annotations

from entourage.assembly import Stores
from entourage.kit.telemetry import Telemetry
from tests.world import World


async def test_admins_see_routes_engines_and_the_process(world: World) -> None:
    root, ana = await world.person("root", is_admin=True), await world.person("ana")
    for _ in range(5):
        await ana.get("/my/chat")
    report = await root.get("/api/v1/admin/performance")
    (route,) = [item for item in report["routes"] if item["route"] == "/my/chat"]
    assert (route["method"], route["count"], route["errors"]) == ("GET", 5, 0)
    assert 0 < route["p50_ms"] <= route["p95_ms"] <= route["p99_ms"]
    engines = {item["name"]: item for item in report["engines"]}
    assert set(engines) == {world.services.get(Stores).database.dialect, "log", "cache", "blobs", "vectors"}
    assert all(item["ok"] and item["latency_ms"] >= 0 for item in engines.values())
    system = report["system"]
    assert system["rss_bytes"] > 10_000_000 and system["open_files"] > 3 and system["threads"] >= 1
    assert report["caches"][0]["hits"] + report["caches"][0]["misses"] > 0
    assert report["load"]["projector_lag"] is not None


async def test_nobody_else_does(small_world: World) -> None:
    ana = await small_world.person("ana")
    assert (await ana.client.get("/api/v1/admin/performance")).status_code == 403


async def test_slow_statements_are_shown_without_values(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    telemetry = small_world.services.get(Telemetry)
    telemetry.query("SELECT * FROM users WHERE email = 'ana@example.com'", 0.15)
    telemetry.query("SELECT 7 AS quick", 0.01)
    found = {item["statement"]: item for item in (await root.get("/api/v1/admin/performance"))["slow_queries"]}
    slow = found["SELECT * FROM users WHERE email = ?"]
    assert (slow["count"], slow["max_ms"]) == (1, 150)
    assert "SELECT ? AS quick" not in found


async def test_an_engine_that_is_away_is_told(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    await small_world.services.get(Stores).blobs.ping()

    async def away() -> None:
        raise ConnectionError

    from entourage.telemetry.engines import Engines

    small_world.services.get(Engines)._pings["blobs"] = away
    answer = await root.client.get("/ready")
    assert answer.status_code == 503
    blobs = answer.json()["engines"]["blobs"]
    assert (blobs["ok"], blobs["error"]) == (False, "ConnectionError")
    assert (await root.client.get("/health")).json()["status"] == "ok"
    report = await root.get("/api/v1/admin/performance")
    assert [item["name"] for item in report["engines"] if not item["ok"]] == ["blobs"]


async def test_every_answer_tells_how_long_it_took(small_world: World) -> None:
    ana = await small_world.person("ana")
    for path in ("/health", "/my/chat", "/nowhere"):
        assert float((await ana.client.get(path)).headers["x-process-time"]) > 0
