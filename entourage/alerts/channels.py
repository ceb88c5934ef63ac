"""The ways a message goes: into the log, to a webhook, by e-mail. Each raises when it did not arrive."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from entourage.accounts.vault import Vault
from entourage.alerts.mail import Mailer
from entourage.alerts.service import secret_name
from entourage.alerts.signing import signed_headers
from entourage.alerts.tables import DeliveryRow
from entourage.alerts.wording import Told, mail_text, webhook_body
from entourage.events.event import NewEvent
from entourage.events.log import EventLog
from entourage.events.types import AlertEvent
from entourage.kit.errors import NotFound, Upstream
from entourage.kit.json import decode
from entourage.settings import Settings

if TYPE_CHECKING:
    from entourage.tools.fetch import SafeFetcher

WEBHOOK_SECONDS = 10.0
_GONE = 410


class Gone(Exception):
    """The receiver wants no more of these."""


class Channels:
    """Sends one delivery by its channel."""

    def __init__(self, settings: Settings, log: EventLog, vault: Vault) -> None:
        self._settings = settings
        self._log = log
        self._vault = vault
        self._mailer = Mailer(settings)
        self._made: SafeFetcher | None = None

    async def send(self, delivery: DeliveryRow) -> None:
        """Raises Problem or Gone when it did not arrive."""
        told = decode(delivery.body, type=Told)
        if delivery.channel == "log":
            await self._to_log(delivery, told)
        elif delivery.channel == "webhook":
            await self._to_webhook(delivery, told)
        else:
            subject, text = mail_text(told, delivery.what, self._settings.base_url)
            await self._mailer.send(delivery.id, delivery.target, subject, text)

    async def _to_log(self, delivery: DeliveryRow, told: Told) -> None:
        data = AlertEvent(
            alert_id=told.alert_id,
            firing_id=told.firing_id or "",
            name=told.name,
            kind=told.kind,
            state="fired" if delivery.what == "fired" else "resolved",
            value=told.value,
            threshold=told.threshold,
            summary=told.summary,
            muted=told.muted,
        )
        await self._log.append(NewEvent(owner_id=delivery.owner_id, data=data, id=delivery.id, trace_id=None))

    async def _to_webhook(self, delivery: DeliveryRow, told: Told) -> None:
        secret = await self._vault.get(delivery.owner_id, secret_name(delivery.alert_id))
        if secret is None:
            raise NotFound("The rule has no webhook secret any more.")
        body = webhook_body(told, delivery.what, self._settings.base_url)
        headers = signed_headers(secret, delivery.id, int(time.time()), body)
        answer = await self._fetcher.fetch(
            delivery.target, "POST", {"content-type": "application/json", **headers}, body, raw=True
        )
        if answer.status == _GONE:
            raise Gone
        if not 200 <= answer.status < 300:
            raise Upstream(f"the webhook answered HTTP {answer.status}")

    @property
    def _fetcher(self) -> SafeFetcher:
        """Checks addresses as `http_fetch` does, follows no redirects; its HTTP client takes 0.3 s to import."""
        from entourage.tools.fetch import FetchLimits, SafeFetcher

        if self._made is None:
            limits = FetchLimits(response_bytes=65_536, text_bytes=65_536, seconds=WEBHOOK_SECONDS, redirects=0)
            self._made = SafeFetcher(allow_networks=self._settings.alert_allow_networks, limits=limits)
        return self._made
