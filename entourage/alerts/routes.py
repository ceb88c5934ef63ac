"""`/my/alerts`: rules, their history, trying them out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Query, Response

from entourage.accounts.identity import CurrentUser
from entourage.accounts.schemas import example
from entourage.alerts.deliveries import Deliveries
from entourage.alerts.schemas import (
    AlertIn,
    AlertMade,
    AlertOut,
    AlertPatch,
    Firing,
    MuteIn,
    TestResult,
    WebhookSecret,
)
from entourage.alerts.service import Alerts
from entourage.alerts.wording import Told
from entourage.kit.clock import now_ms
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/alerts", tags=["alerts"])

TheAlerts = Annotated[Alerts, service(Alerts)]
TheDeliveries = Annotated[Deliveries, service(Deliveries)]

_RULE = example(name="Too many errors", kind="error_rate", threshold=5, webhook_url="https://example.com/hook")


@router.get("", responses=problems(401, 403), response_model=Page[AlertOut])
async def list_alerts(user: CurrentUser, alerts: TheAlerts, limit: Limit = 50, cursor: Cursor = None) -> object:
    """Rules, oldest first."""
    return await alerts.page(user.user_id, limit, cursor)


@router.post("", status_code=201, responses=problems(401, 403, 409))
async def create_alert(
    body: Annotated[AlertIn, Body(openapi_examples=_RULE)], user: CurrentUser, alerts: TheAlerts, response: Response
) -> AlertMade:
    """Make a rule. With a webhook the answer holds the secret that signs its calls; it is not shown again."""
    made = await alerts.create(user.user_id, body, is_admin=user.is_admin)
    response.headers["Location"] = f"/my/alerts/{made.id}"
    return made


@router.get("/firings", responses=problems(401, 403, 404), response_model=Page[Firing])
async def list_firings(
    user: CurrentUser,
    alerts: TheAlerts,
    alert_id: Annotated[Id | None, Query(description="Of this rule only.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> object:
    """What fired, newest first, and how the messages about it fared."""
    return await alerts.firings(user.user_id, alert_id, limit, cursor)


@router.get("/{alert_id}", responses=problems(401, 403, 404), response_model=AlertOut)
async def get_alert(alert_id: Id, user: CurrentUser, alerts: TheAlerts) -> object:
    """One rule."""
    return await alerts.get(user.user_id, alert_id)


@router.patch("/{alert_id}", responses=problems(401, 403, 404), response_model=AlertOut)
async def change_alert(
    alert_id: Id,
    patch: Annotated[AlertPatch, Body(openapi_examples=example(threshold=10, enabled=True))],
    user: CurrentUser,
    alerts: TheAlerts,
) -> object:
    """Change a rule; what is left out stays."""
    return await alerts.change(user.user_id, alert_id, patch, is_admin=user.is_admin)


@router.delete("/{alert_id}", status_code=204, responses=problems(401, 403, 404))
async def delete_alert(alert_id: Id, user: CurrentUser, alerts: TheAlerts) -> None:
    """Delete a rule and its history."""
    await alerts.delete(user.user_id, alert_id)


@router.post("/{alert_id}/mute", responses=problems(401, 403, 404), response_model=AlertOut)
async def mute_alert(
    alert_id: Id,
    body: Annotated[MuteIn, Body(openapi_examples=example(seconds=3600))],
    user: CurrentUser,
    alerts: TheAlerts,
) -> object:
    """Tell nobody for a while. History is kept all the same."""
    return await alerts.mute(user.user_id, alert_id, body.seconds)


@router.post("/{alert_id}/secret", responses=problems(401, 403, 404, 409))
async def renew_alert_secret(alert_id: Id, user: CurrentUser, alerts: TheAlerts) -> WebhookSecret:
    """A new secret for the webhook; calls are signed with it from now on."""
    return WebhookSecret(webhook_secret=await alerts.renew_secret(user.user_id, alert_id))


@router.post("/{alert_id}/test", responses=problems(401, 403, 404))
async def test_alert(alert_id: Id, user: CurrentUser, alerts: TheAlerts, deliveries: TheDeliveries) -> TestResult:
    """Send a trial message by each channel of the rule, once, and tell how it went."""
    rule = await alerts.get(user.user_id, alert_id)
    told = Told(
        alert_id=rule.id,
        firing_id=None,
        name=rule.name,
        kind=rule.kind,
        threshold=rule.threshold,
        value=rule.last_value or 0,
        summary="This is a trial; nothing has happened.",
        at_ms=now_ms(),
    )
    return TestResult(deliveries=await deliveries.test(rule, told))
