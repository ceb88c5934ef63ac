"""Real servers: one that is killed, and two that share a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.alerts.acting import firings, make, until
from tests.conftest import POSTGRES
from tests.e2e.processes import running_server
from tests.fakes.receiver import Receiver
from tests.schema import fresh_postgres
from tests.world import Person

QUICK = {"ALERT_SECONDS": "0.2", "ALERT_ALLOW_NETWORKS": '["127.0.0.0/8"]'}


async def deploy(person: Person) -> None:
    """An event of an outside application."""
    body = {"session_id": "s1", "source_app": "ci", "type": "custom.deployed", "data": {}}
    answer = await person.client.post("/events", json=body, headers={"x-entourage-app": "ci"})
    assert answer.status_code == 202, answer.text


def deliveries_with(person: Person, **fields: Any) -> Any:
    async def found() -> bool:
        told = [delivery for firing in await firings(person) for delivery in firing["deliveries"]]
        return any(all(delivery[name] == value for name, value in fields.items()) for delivery in told)

    return found


@pytest.mark.e2e
async def test_a_killed_server_tells_after_its_restart_what_it_had_not_told(tmp_path: Path) -> None:
    with Receiver(statuses=[500]) as receiver:
        async with running_server(tmp_path, **QUICK) as server:
            anna = await server.sign_in()
            await make(anna, types=["custom.deployed"], webhook_url=receiver.url, cooldown_seconds=86400)
            await deploy(anna)
            await until(deliveries_with(anna, error="the webhook answered HTTP 500"))
            await server.kill()
            await server.start()
            anna = await server.sign_in()
            await until(deliveries_with(anna, status="delivered", attempts=2))
            assert len(await firings(anna)) == 1
        ids = [request.headers["webhook-id"] for request in receiver.requests]
        assert len(ids) == 2
        assert len(set(ids)) == 1


@pytest.mark.e2e
@pytest.mark.skipif(POSTGRES is None, reason="replicas share a PostgreSQL")
async def test_two_replicas_tell_once(tmp_path: Path) -> None:
    with Receiver() as receiver:
        async with (
            fresh_postgres(str(POSTGRES)) as url,
            running_server(tmp_path, url, **QUICK) as one,
            running_server(tmp_path, url, **QUICK) as two,
        ):
            anna, also_anna = await one.sign_in(), await two.sign_in()
            rule = await make(anna, types=["custom.deployed"], webhook_url=receiver.url, cooldown_seconds=86400)
            await deploy(also_anna)
            await until(deliveries_with(anna, status="delivered"))
            seen = {rule["checked_at"]}

            async def has_looked_often() -> bool:
                seen.add((await anna.get(f"/my/alerts/{rule['id']}"))["checked_at"])
                return len(seen) > 10

            await until(has_looked_often)
            assert len(await firings(also_anna)) == 1
            told = (await anna.get("/events", type="alert"))["items"]
            assert [event["data"]["state"] for event in told] == ["fired"]
        assert len(receiver.requests) == 1
