"""POSTs that are sent twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import UploadFile
from sqlalchemy import select, update

from entourage.accounts.answers import AnswerStore
from entourage.accounts.identity import CurrentUser
from entourage.accounts.tables import IdempotentAnswer
from entourage.accounts.vault import Vault
from entourage.kit.errors import Conflict
from entourage.stores.sql import EVERYONE, Database
from tests.accounts.conftest import House, Person

KEY = {"Idempotency-Key": "01-order"}


class Counter:
    """A route that counts its calls and waits until it is let go."""

    def __init__(self, house: House) -> None:
        self.calls = 0
        self.go = asyncio.Event()
        self.go.set()
        self.entered = asyncio.Event()

        @house.app.post("/my/things", status_code=201)
        async def make(user: CurrentUser, body: dict[str, Any]) -> dict[str, Any]:
            self.calls += 1
            self.entered.set()
            await self.go.wait()
            if body.get("fail"):
                raise Conflict("no")
            if body.get("crash"):
                raise RuntimeError("crash")
            return {"call": self.calls, "user": user.user_id}

        @house.app.post("/my/attachments", status_code=201)
        async def attach(user: CurrentUser, file: UploadFile) -> dict[str, Any]:
            self.calls += 1
            return {"call": self.calls, "size": len(await file.read())}


@pytest.fixture
def things(house: House) -> Counter:
    return Counter(house)


async def test_the_second_gets_the_first_answer(things: Counter, ana: Person) -> None:
    first = await ana.client.post("/my/things", json={"a": 1}, headers=KEY)
    second = await ana.client.post("/my/things", json={"a": 1}, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert things.calls == 1
    await ana.client.post("/my/things", json={"a": 1})
    assert things.calls == 2


async def test_another_body_or_query_is_422_and_another_key_runs(things: Counter, ana: Person) -> None:
    await ana.client.post("/my/things", json={"a": 1}, headers=KEY)
    other = await ana.client.post("/my/things", json={"a": 2}, headers=KEY)
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    assert (await ana.client.post("/my/things?x=1", json={"a": 1}, headers=KEY)).status_code == 422
    assert (await ana.client.post("/my/things", json={"a": 1}, headers={"Idempotency-Key": "2"})).status_code == 201
    assert things.calls == 2


async def test_a_key_belongs_to_a_person_and_a_route(things: Counter, ana: Person, bob: Person) -> None:
    answers = [await person.client.post("/my/things", json={}, headers=KEY) for person in (ana, bob)]
    assert [answer.json()["user"] for answer in answers] == [ana.id, bob.id]
    assert (await ana.client.post("/my/keys", json={"name": "x"}, headers=KEY)).status_code == 201


async def test_a_lesser_key_does_not_read_what_another_was_told(things: Counter, house: House, ana: Person) -> None:
    made = await ana.client.post("/my/keys", json={"name": "x"}, headers=KEY)
    assert made.status_code == 201
    lesser = house.new_client(await house.key(ana, "read"))
    assert (await lesser.post("/my/keys", json={"name": "x"}, headers=KEY)).status_code == 403


async def test_concurrent_duplicates_run_once(things: Counter, ana: Person) -> None:
    things.go.clear()
    first = asyncio.create_task(ana.client.post("/my/things", json={}, headers=KEY))
    await asyncio.wait_for(things.entered.wait(), 5)
    waiting = await asyncio.gather(*(ana.client.post("/my/things", json={}, headers=KEY) for _ in range(5)))
    assert {answer.status_code for answer in waiting} == {409}
    assert all(answer.headers["retry-after"] == "1" for answer in waiting)
    things.go.set()
    assert (await first).status_code == 201
    assert (await ana.client.post("/my/things", json={}, headers=KEY)).json() == (await first).json()
    assert things.calls == 1


@pytest.mark.parametrize(("body", "status"), [({"fail": True}, 409), ({"crash": True}, 500)])
async def test_what_failed_may_be_tried_again(things: Counter, ana: Person, body: dict[str, Any], status: int) -> None:
    for _ in range(2):
        assert (await ana.client.post("/my/things", json=body, headers=KEY)).status_code == status
    assert things.calls == 2
    assert (await ana.client.post("/my/things", json={}, headers=KEY)).status_code == 201


async def test_an_attempt_whose_server_died_is_given_up(house: House, things: Counter, ana: Person) -> None:
    await ana.client.post("/my/things", json={}, headers=KEY)
    async with house.services.get(Database).write(EVERYONE) as session:
        await session.execute(update(IdempotentAnswer).values(status=None, answer=None))
    assert (await ana.client.post("/my/things", json={}, headers=KEY)).status_code == 409
    async with house.services.get(Database).write(EVERYONE) as session:
        await session.execute(update(IdempotentAnswer).values(locked_until=1))
    assert (await ana.client.post("/my/things", json={}, headers=KEY)).status_code == 201
    assert things.calls == 2


async def test_an_old_answer_is_forgotten(house: House, things: Counter, ana: Person) -> None:
    await ana.client.post("/my/things", json={}, headers=KEY)
    async with house.services.get(Database).write(EVERYONE) as session:
        await session.execute(update(IdempotentAnswer).values(expires_at=1))
    await house.services.get(AnswerStore).purge()
    async with house.services.get(Database).read(EVERYONE) as session:
        assert (await session.scalars(select(IdempotentAnswer))).all() == []
    await ana.client.post("/my/things", json={"new": 1}, headers=KEY)
    assert things.calls == 2


async def test_a_key_shown_once_is_not_kept_in_the_clear(house: House, ana: Person) -> None:
    made = await ana.client.post("/my/keys", json={"name": "x"}, headers=KEY)
    assert (await ana.client.post("/my/keys", json={"name": "x"}, headers=KEY)).json() == made.json()
    async with house.services.get(Database).read(EVERYONE) as session:
        (kept,) = await session.scalars(select(IdempotentAnswer.answer))
    assert kept is not None
    assert made.json()["key"].encode() not in kept
    await house.services.get(Vault).rotate()
    assert (await ana.client.post("/my/keys", json={"name": "x"}, headers=KEY)).json() == made.json()


async def test_an_upload_is_known_by_its_route(things: Counter, ana: Person) -> None:
    answers = [
        await ana.client.post("/my/attachments", files={"file": ("a.txt", b"hello")}, headers=KEY) for _ in range(2)
    ]
    assert [answer.json() for answer in answers] == [{"call": 1, "size": 5}] * 2


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_a_strange_key_is_400(things: Counter, ana: Person, key: str) -> None:
    answer = await ana.client.post("/my/things", json={}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert things.calls == 0


async def test_without_a_person_a_key_changes_nothing(house: House, things: Counter) -> None:
    for _ in range(2):
        assert (await house.client.post("/my/things", json={}, headers=KEY)).status_code == 401
