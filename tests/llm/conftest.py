"""An application with people and models; providers are scripted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.events.log import EventLog
from entourage.llm.doors.install import close_gateway, open_gateway
from entourage.llm.embeddings import HashedNgrams
from entourage.llm.inner import InnerModels
from entourage.llm.install import close_models, open_models
from entourage.llm.routes import router
from entourage.llm.timeouts import Timeouts
from entourage.settings import Settings
from entourage.stores.cache import Cache
from entourage.stores.log import open_log_store
from entourage.stores.sql import Database
from tests.accounts.conftest import House, Person, make_app, running
from tests.fakes.fixtures import fake_llm

__all__ = ["fake_llm"]

QUICK = Timeouts(connect_seconds=1, first_byte_seconds=0.5, between_bytes_seconds=0.3)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, registration="open", requests_per_minute=10_000, allow_private_providers=True)


def _nobody(*_: object) -> None:
    """Nobody listens."""


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    app = make_app(settings)
    app.include_router(router)
    async with running(app, settings) as built:
        store = open_log_store(built.services.get(Database))
        log = built.services.add(EventLog(store, _nobody, queue_events=1000, wait_ms=250, batch_events=100))
        log.start()
        models = open_models(built.services, settings, built.services.get(Database), timeouts=QUICK)
        inner = InnerModels(models)
        open_gateway(built.services, settings, built.services.get(Cache), HashedNgrams(), inner=inner, timeouts=QUICK)
        yield built
        await close_gateway(built.services)
        await close_models(built.services)
        await log.close()


@pytest.fixture
async def ana(house: House) -> Person:
    return await house.person("ana")


@pytest.fixture
async def bob(house: House) -> Person:
    return await house.person("bob")
