"""Making, changing and forgetting rules."""

from __future__ import annotations

from typing import Any

import pytest

from entourage.accounts.vault import Vault
from tests.alerts.acting import MATCH, firings, happen, look, make, send, state_of
from tests.world import World


async def test_a_rule_is_made_read_changed_and_deleted(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    made = await make(ana, name="Errors", source="claude-code", text="oh no")
    assert made["state"] == "ok" and made["webhook_secret"] is None
    read = await ana.get(f"/my/alerts/{made['id']}")
    assert {**read, "webhook_secret": None} == made
    changed = await ana.client.patch(f"/my/alerts/{made['id']}", json={"threshold": 3, "source": None, "name": None})
    assert (changed.json()["threshold"], changed.json()["source"], changed.json()["name"]) == (3, None, "Errors")
    assert [item["id"] for item in (await ana.get("/my/alerts"))["items"]] == [made["id"]]
    assert (await ana.client.delete(f"/my/alerts/{made['id']}")).status_code == 204
    assert (await ana.client.get(f"/my/alerts/{made['id']}")).status_code == 404


async def test_the_list_is_paged(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    ids = [(await make(ana, name=f"r{number}"))["id"] for number in range(3)]
    first = await ana.get("/my/alerts", limit=2)
    rest = await ana.get("/my/alerts", limit=2, cursor=first["next_cursor"])
    assert [item["id"] for item in first["items"] + rest["items"]] == ids
    assert rest["next_cursor"] is None


async def test_another_persons_rule_is_nowhere(quiet_world: World) -> None:
    ana, boris = await quiet_world.person("ana"), await quiet_world.person("boris")
    rule = await make(ana)
    await happen(quiet_world, ana)
    await look(quiet_world)
    path = f"/my/alerts/{rule['id']}"
    answers = [
        await boris.client.get(path),
        await boris.client.patch(path, json={"enabled": False}),
        await boris.client.post(f"{path}/mute", json={"seconds": 5}),
        await boris.client.post(f"{path}/test"),
        await boris.client.post(f"{path}/secret"),
        await boris.client.delete(path),
        await boris.client.get("/my/alerts/firings", params={"alert_id": rule["id"]}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert await firings(boris) == []
    assert await state_of(ana, rule) == "firing"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"threshold": 0}, "threshold"),
        ({"threshold": "5"}, "threshold"),
        ({"kind": "error_rate", "threshold": 101}, "threshold"),
        ({"window_seconds": 59}, "window_seconds"),
        ({"types": ["*"]}, "types.0"),
        ({"types": ["a b"]}, "types.0"),
        ({"name": ""}, "name"),
        ({"text": "a\nb"}, "text"),
        ({"webhook_url": "ftp://example.com"}, "webhook_url"),
        ({"webhook_url": "https://ana:secret@example.com/"}, "webhook_url"),
        ({"webhook_url": "https://exa\\mple.com/"}, "webhook_url"),
        ({"webhook_url": "https://example.com:99999/"}, "webhook_url"),
        ({"email": "nobody"}, "email"),
        ({"email": "boris@example.com"}, "email"),
        ({"kind": "weather"}, "kind"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_a_wrong_field_is_named(small_world: World, change: dict[str, Any], field: str) -> None:
    ana = await small_world.person("ana")
    answer = await ana.client.post("/my/alerts", json={**MATCH, **change})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_only_admins_watch_the_server_and_write_to_others(quiet_world: World) -> None:
    ana, root = await quiet_world.person("ana"), await quiet_world.person("root", is_admin=True)
    for kind in ("slow_query", "queue_overflow"):
        await ana.post("/my/alerts", {**MATCH, "kind": kind}, 403)
        await root.post("/my/alerts", {**MATCH, "kind": kind}, 201)
    assert (await make(ana, email="ANA@example.com"))["email"] == "ana@example.com"
    assert (await make(root, email="oncall@example.com"))["email"] == "oncall@example.com"


async def test_the_secret_of_a_webhook_is_shown_once_and_forgotten_with_its_rule(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    made = await make(ana, webhook_url="https://example.com/hook")
    assert made["webhook_secret"].startswith("whsec_")
    assert made["webhook_secret"] not in (await ana.client.get("/my/alerts")).text
    renewed = await ana.post(f"/my/alerts/{made['id']}/secret", status=200)
    vault = quiet_world.services.get(Vault)
    assert await vault.get(ana.id, f"alert:{made['id']}") == renewed["webhook_secret"] != made["webhook_secret"]
    assert (await ana.get("/my/secrets"))["items"] == []
    await ana.client.delete(f"/my/alerts/{made['id']}")
    assert await vault.get(ana.id, f"alert:{made['id']}") is None


async def test_a_rule_without_a_webhook_has_no_secret_to_renew(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    await ana.post(f"/my/alerts/{(await make(ana))['id']}/secret", status=409)


async def test_a_changed_condition_begins_anew(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana)
    await happen(quiet_world, ana)
    await look(quiet_world)
    assert await state_of(ana, rule) == "firing"
    await ana.client.patch(f"/my/alerts/{rule['id']}", json={"threshold": 2})
    assert await state_of(ana, rule) == "ok"
    assert [item["state"] for item in await firings(ana)] == ["resolved"]
    await look(quiet_world)
    assert await state_of(ana, rule) == "ok"


async def test_a_rule_that_is_off_is_not_looked_at(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, enabled=False)
    await happen(quiet_world, ana)
    await look(quiet_world)
    assert await state_of(ana, rule) == "ok"
    await ana.client.patch(f"/my/alerts/{rule['id']}", json={"enabled": True})
    await look(quiet_world)
    assert await state_of(ana, rule) == "firing"


async def test_there_are_not_too_many_rules(small_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entourage.alerts.service.MAX_ALERTS", 1)
    ana = await small_world.person("ana")
    await make(ana)
    await ana.post("/my/alerts", MATCH, 409)


async def test_what_is_on_its_way_goes_with_a_deleted_rule(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, webhook_url="http://127.0.0.1:9/")
    await happen(quiet_world, ana)
    await look(quiet_world)
    await ana.client.delete(f"/my/alerts/{rule['id']}")
    assert await firings(ana) == []
    assert await send(quiet_world, 3600) == 0
