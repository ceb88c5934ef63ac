"""Messages: what they say, that each arrives, and that none is lost or told anew."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any

from entourage.alerts.deliveries import RETRY_SECONDS, Deliveries
from entourage.kit.clock import now_ms
from tests.alerts.acting import firings, happen, look, make, send, state_of, until
from tests.alerts.conftest import NEVER_SECONDS
from tests.fakes.receiver import Received, Receiver
from tests.fakes.smtp_server import FakeSMTP
from tests.world import Person, World, open_world


def is_signed_by(secret: str, request: Received) -> bool:
    """As a receiver checks it, by the text of Standard Webhooks."""
    content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return request.headers["webhook-signature"] == f"v1,{wanted}"


async def all_sent(world: World, person: Person) -> None:
    """Until the task that sends has sent what was written."""

    async def is_done() -> bool:
        found = [item["status"] for firing in await firings(person) for item in firing["deliveries"]]
        return "waiting" not in found

    await until(is_done)


async def tried_once(person: Person) -> None:
    """Until the first attempt has failed and was written down."""

    async def has_error() -> bool:
        found = (await firings(person))[0]["deliveries"]
        return bool(found and found[0]["error"])

    await until(has_error)


async def test_a_webhook_hears_of_the_beginning_and_the_end(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, webhook_url=f"{receiver.url}/hook")
    await happen(quiet_world, ana)
    await look(quiet_world)
    await all_sent(quiet_world, ana)
    await look(quiet_world, minutes=20)
    await all_sent(quiet_world, ana)
    fired, resolved = receiver.requests
    assert fired.path == "/hook"
    assert [item.json()["type"] for item in receiver.requests] == ["alert.fired", "alert.resolved"]
    assert fired.json()["data"]["alert"] == {
        "id": rule["id"], "name": "Deployed", "kind": "event_match", "threshold": 1.0,
    }  # fmt: skip
    assert resolved.json()["data"]["resolved_at"] and fired.json()["data"]["summary"].startswith("1 matching events")
    assert all(is_signed_by(rule["webhook_secret"], item) for item in receiver.requests)
    assert fired.headers["webhook-id"] != resolved.headers["webhook-id"]
    (firing,) = await firings(ana)
    assert firing["state"] == "resolved"
    assert [(item["what"], item["status"]) for item in firing["deliveries"]] == [
        ("fired", "delivered"), ("resolved", "delivered"),
    ]  # fmt: skip


async def test_a_renewed_secret_signs_from_then_on(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, webhook_url=receiver.url)
    renewed = await ana.post(f"/my/alerts/{rule['id']}/secret")
    await ana.post(f"/my/alerts/{rule['id']}/test", status=200)
    assert is_signed_by(renewed["webhook_secret"], receiver.requests[0])


async def test_a_webhook_that_fails_is_tried_again_under_the_same_id(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    receiver.statuses += [500, 404]
    await make(ana, webhook_url=receiver.url)
    await happen(quiet_world, ana)
    await look(quiet_world)
    await tried_once(ana)
    assert await send(quiet_world, RETRY_SECONDS[0] - 2) == 0, "it is too early"
    await send(quiet_world, RETRY_SECONDS[0] + 1)
    await send(quiet_world, sum(RETRY_SECONDS[:2]) + 2)
    assert len({item.headers["webhook-id"] for item in receiver.requests}) == 1
    assert len(receiver.requests) == 3
    (delivery,) = (await firings(ana))[0]["deliveries"]
    assert (delivery["status"], delivery["attempts"], delivery["error"]) == ("delivered", 3, None)


async def test_after_the_last_attempt_it_counts_as_failed(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    receiver.statuses += [503] * 99
    await make(ana, webhook_url=receiver.url)
    await happen(quiet_world, ana)
    await look(quiet_world)
    await tried_once(ana)
    seconds = 0
    for wait in RETRY_SECONDS:
        seconds += wait + 1
        await send(quiet_world, seconds)
    (delivery,) = (await firings(ana))[0]["deliveries"]
    assert (delivery["status"], delivery["attempts"]) == ("failed", len(RETRY_SECONDS) + 1)
    assert delivery["error"] == "the webhook answered HTTP 503"
    assert await send(quiet_world, 1e6) == 0


async def test_a_webhook_that_is_gone_is_not_asked_again(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    receiver.statuses.append(410)
    await make(ana, webhook_url=receiver.url)
    await happen(quiet_world, ana)
    await look(quiet_world)
    await all_sent(quiet_world, ana)
    assert (await firings(ana))[0]["deliveries"][0]["status"] == "failed"


async def test_redirects_are_not_followed(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    receiver.statuses.append(302)
    receiver.headers.append((b"location", b"/elsewhere"))
    rule = await make(ana, webhook_url=receiver.url)
    (delivery,) = (await ana.post(f"/my/alerts/{rule['id']}/test", status=200))["deliveries"]
    assert delivery["status"] == "failed" and "redirects" in delivery["error"]
    assert [item.path for item in receiver.requests] == ["/"]


async def test_a_webhook_reaches_no_private_network(small_world: World, receiver: Receiver) -> None:
    ana = await small_world.person("ana")
    for url in (receiver.url, "http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/"):
        rule = await make(ana, webhook_url=url)
        (delivery,) = (await ana.post(f"/my/alerts/{rule['id']}/test", status=200))["deliveries"]
        assert (delivery["status"], receiver.requests) == ("failed", [])
        assert "address" in delivery["error"]


async def test_a_muted_rule_is_kept_in_history_and_tells_nobody(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana, webhook_url=receiver.url)
    muted = await ana.post(f"/my/alerts/{rule['id']}/mute", {"seconds": 3600}, 200)
    assert muted["muted_until"]
    await happen(quiet_world, ana)
    await look(quiet_world)
    await look(quiet_world, minutes=20)
    (firing,) = await firings(ana)
    assert (firing["muted"], firing["deliveries"], firing["state"]) == (True, [], "resolved")
    assert (await ana.post(f"/my/alerts/{rule['id']}/mute", {"seconds": 0}, 200))["muted_until"] is None


async def test_alerts_are_events_of_the_log_each_once(quiet_world: World) -> None:
    ana = await quiet_world.person("ana")
    rule = await make(ana)
    await happen(quiet_world, ana)
    await look(quiet_world)
    await look(quiet_world, minutes=20)

    async def both() -> list[dict[str, Any]]:
        found = (await ana.get("/events", type="alert", order="asc"))["items"]
        return found if len(found) == 2 else []

    told = await until(both)
    assert [(item["data"]["state"], item["data"]["alert_id"]) for item in told] == [
        ("fired", rule["id"]), ("resolved", rule["id"]),
    ]  # fmt: skip


async def test_what_a_dead_server_had_taken_is_sent_by_the_next_one_under_the_same_id(
    tmp_path: Path, receiver: Receiver
) -> None:
    changes = {"alert_seconds": NEVER_SECONDS, "alert_allow_networks": ["127.0.0.0/8"]}
    async with open_world(tmp_path, **changes) as world:
        ana = await world.person("ana")
        await make(ana, webhook_url=receiver.url)
        deliveries = world.services.get(Deliveries)
        deliveries.wake = lambda: None  # the server dies before it sends
        await happen(world, ana)
        await look(world)
        taken = {row.channel: row.id for row in await deliveries._take(now_ms())}
    async with open_world(tmp_path, **changes) as world:
        assert await send(world) == 0, "somebody may still be sending it"
        await send(world, 61)
        assert [item.headers["webhook-id"] for item in receiver.requests] == [taken["webhook"]]
        assert await send(world, 200) == 0


async def test_mail_goes_by_the_smtp_server(tmp_path: Path, database_url: str | None) -> None:
    with FakeSMTP() as smtp:
        changes = {"smtp_url": smtp.url, "smtp_from": "Entourage <alerts@entourage.test>"}
        async with open_world(tmp_path, database_url=database_url, alert_seconds=NEVER_SECONDS, **changes) as world:
            ana = await world.person("ana")
            await make(ana, name="Ошибки", email="ana@example.com")
            await happen(world, ana)
            await look(world)
            await all_sent(world, ana)
        ((sender, to, mail),) = smtp.mails
        assert (sender, to) == ("alerts@entourage.test", ["ana@example.com"])
        assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"].endswith("@entourage.test>")
        assert "1 matching events within 5 min" in mail.get_payload(decode=True).decode()


async def test_a_mail_server_that_refuses_is_told(tmp_path: Path) -> None:
    with FakeSMTP(refusal="554 no thanks") as smtp:
        async with open_world(tmp_path, smtp_url=smtp.url) as world:
            ana = await world.person("ana")
            rule = await make(ana, email="ana@example.com")
            (delivery,) = (await ana.post(f"/my/alerts/{rule['id']}/test", status=200))["deliveries"]
            assert (delivery["status"], delivery["error"]) == ("failed", "the mail server refused: 554 no thanks")


async def test_a_password_is_not_sent_in_the_clear(tmp_path: Path) -> None:
    with FakeSMTP() as smtp:
        url = smtp.url.replace("//", "//ana:secret@")
        async with open_world(tmp_path, smtp_url=url) as world:
            ana = await world.person("ana")
            rule = await make(ana, email="ana@example.com")
            (delivery,) = (await ana.post(f"/my/alerts/{rule['id']}/test", status=200))["deliveries"]
            assert delivery["status"] == "failed" and "TLS" in delivery["error"]
        assert smtp.mails == []


async def test_without_a_mail_server_the_test_says_so(small_world: World) -> None:
    ana = await small_world.person("ana")
    rule = await make(ana, email="ana@example.com")
    (delivery,) = (await ana.post(f"/my/alerts/{rule['id']}/test", status=200))["deliveries"]
    assert delivery["error"] == "This server sends no e-mail."
    assert await state_of(ana, rule) == "ok"


async def test_two_looks_at_once_tell_once(quiet_world: World, receiver: Receiver) -> None:
    ana = await quiet_world.person("ana")
    await make(ana, webhook_url=receiver.url)
    await happen(quiet_world, ana)
    await asyncio.gather(*(look(quiet_world) for _ in range(4)))
    await all_sent(quiet_world, ana)
    assert len(receiver.requests) == len(await firings(ana)) == 1
