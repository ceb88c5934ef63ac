"""Putting alerts into an application: services and the two tasks that look and send."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from entourage.accounts.vault import Vault
from entourage.alerts.channels import Channels
from entourage.alerts.deliveries import Deliveries
from entourage.alerts.evaluator import Evaluator
from entourage.alerts.measures import Measures
from entourage.alerts.service import Alerts
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.kit.telemetry import Telemetry
from entourage.settings import Settings
from entourage.stores.sql import Database


def open_alerts(stack: AsyncExitStack, services: Services, settings: Settings, database: Database) -> None:
    """Begin to look. The log, the vault and the telemetry must be among the services."""
    log, vault = services.get(EventLog), services.get(Vault)
    alerts = services.add(Alerts(database, vault))
    deliveries = services.add(Deliveries(database, Channels(settings, log, vault)))
    measures = Measures(database, log, services.get(Telemetry))
    evaluator = services.add(Evaluator(database, measures, alerts, deliveries, seconds=settings.alert_seconds))
    tasks = [asyncio.create_task(evaluator.run()), asyncio.create_task(deliveries.run())]

    async def close() -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stack.push_async_callback(close)
