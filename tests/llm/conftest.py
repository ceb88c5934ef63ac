"""An application with people and models; providers are scripted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from entourage.llm.install import close_models, open_models
from entourage.llm.routes import router
from entourage.llm.timeouts import Timeouts
from entourage.settings import Settings
from entourage.stores.sql import Database
from tests.accounts.conftest import House, Person, make_app, running
from tests.fakes.fixtures import fake_llm

__all__ = ["fake_llm"]

QUICK = Timeouts(connect_seconds=1, first_byte_seconds=0.5, between_bytes_seconds=0.3)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, registration="open", requests_per_minute=10_000, allow_private_providers=True)


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    app = make_app(settings)
    app.include_router(router)
    async with running(app, settings) as built:
        open_models(built.services, settings, built.services.get(Database), timeouts=QUICK)
        yield built
        await close_models(built.services)


@pytest.fixture
async def ana(house: House) -> Person:
    return await house.person("ana")


@pytest.fixture
async def bob(house: House) -> Person:
    return await house.person("bob")
