"""Secrets: write-only, encrypted, rotated while people work."""

from __future__ import annotations

import asyncio
import logging
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlalchemy import select

from entourage.accounts.master_key import FILE_NAME, MasterKeyError
from entourage.accounts.tables import Secret
from entourage.accounts.vault import Vault
from entourage.kit.errors import Conflict
from entourage.settings import Settings
from entourage.stores.sql import EVERYONE, Database
from tests.accounts.conftest import House, OpenHouse, Person

VALUE = "ghp_very-secret-value"


async def stored(house: House) -> bytes:
    async with house.services.get(Database).read(EVERYONE) as session:
        return b"|".join(await session.scalars(select(Secret.value)))


async def test_a_value_never_comes_back(house: House, ana: Person, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [
            await ana.client.put("/my/secrets/GITHUB_TOKEN", json={"value": VALUE}),
            await ana.client.put("/my/secrets/GITHUB_TOKEN", json={"value": VALUE, "extra": VALUE}),
            await ana.client.put("/my/secrets/GITHUB_TOKEN", json={"value": [VALUE]}),
            await ana.client.put("/my/secrets/GITHUB_TOKEN", json={"value": VALUE * 2000}),
            await ana.client.get("/my/secrets"),
        ]
    assert [answer.status_code for answer in answers] == [204, 422, 422, 422, 200]
    assert all(VALUE not in answer.text for answer in answers)
    assert VALUE not in caplog.text
    assert [item["name"] for item in answers[-1].json()["items"]] == ["GITHUB_TOKEN"]
    assert VALUE.encode() not in await stored(house)
    vault = house.services.get(Vault)
    assert await vault.get(ana.id, "GITHUB_TOKEN") == VALUE
    assert VALUE not in repr(vault)


async def test_a_value_is_replaced_and_forgotten(house: House, ana: Person) -> None:
    for value in ("one", "two"):
        assert (await ana.client.put("/my/secrets/T", json={"value": value})).status_code == 204
    assert await house.services.get(Vault).get(ana.id, "T") == "two"
    assert (await ana.client.delete("/my/secrets/T")).status_code == 204
    assert (await ana.client.delete("/my/secrets/T")).status_code == 404


@pytest.mark.parametrize("name", ["provider:1", "a b", "x" * 101, "%00", "..%2Fx", "é"])
async def test_names_are_plain(ana: Person, name: str) -> None:
    assert (await ana.client.put(f"/my/secrets/{name}", json={"value": "v"})).status_code in {404, 422}


async def test_secrets_of_features_are_not_a_persons_own(house: House, ana: Person, bob: Person) -> None:
    vault = house.services.get(Vault)
    await vault.put(ana.id, "provider:1", "key one")
    await vault.put(bob.id, "provider:2", "key two")
    assert (await ana.client.get("/my/secrets")).json()["items"] == []
    assert (await ana.client.delete("/my/secrets/provider:1")).status_code == 422
    assert [name for name, _ in await vault.names(ana.id, prefix="provider:")] == ["provider:1"]
    assert await vault.get(ana.id, "provider:2") is None


async def test_secrets_are_bounded_in_number(house: House, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entourage.accounts.vault.MAX_SECRETS", 3)
    vault = house.services.get(Vault)
    for number in range(3):
        await vault.put_own(ana.id, f"S{number}", "v")
    assert (await ana.client.put("/my/secrets/ONE_MORE", json={"value": "v"})).status_code == 409
    assert (await ana.client.put("/my/secrets/S1", json={"value": "v"})).status_code == 204


async def test_rotation_encrypts_again_while_values_are_read_and_written(house: House, ana: Person) -> None:
    vault = house.services.get(Vault)
    for number in range(20):
        await vault.put(ana.id, f"provider:{number}", f"value {number}")
    before = await stored(house)
    old_key = (house.settings.data_dir / FILE_NAME).read_text().split()[0]
    reads, writes = (
        [vault.get(ana.id, f"provider:{n}") for n in range(20)],
        [vault.put(ana.id, f"new:{n}", "v") for n in range(5)],
    )
    count, *rest = await asyncio.gather(vault.rotate(), *reads, *writes)
    assert count >= 21
    assert rest[:20] == [f"value {number}" for number in range(20)]
    assert not set(before.split(b"|")) & set((await stored(house)).split(b"|"))
    await vault.rotate()
    assert old_key not in (house.settings.data_dir / FILE_NAME).read_text()
    assert await vault.get(ana.id, "provider:3") == "value 3"
    assert (await ana.client.get("/api/v1/auth/me")).status_code == 200


async def test_a_rotation_by_another_process_is_followed(house: House, ana: Person, open_house: OpenHouse) -> None:
    await house.services.get(Vault).put(ana.id, "x", "1")
    other = await open_house(house.settings, fresh=False)
    await other.services.get(Vault).rotate()
    assert await house.services.get(Vault).get(ana.id, "x") == "1"
    await house.services.get(Vault).put(ana.id, "x", "2")
    assert await other.services.get(Vault).get(ana.id, "x") == "2"


def test_the_key_file_is_for_its_owner_only(house: House) -> None:
    assert stat.S_IMODE((house.settings.data_dir / FILE_NAME).stat().st_mode) == 0o600


async def test_a_wrong_key_says_the_way_out(house: House, ana: Person, open_house: OpenHouse) -> None:
    await house.services.get(Vault).put(ana.id, "x", "1")
    (house.settings.data_dir / FILE_NAME).write_text(Fernet.generate_key().decode())
    with pytest.raises(MasterKeyError) as caught:
        await open_house(house.settings, fresh=False)
    assert caught.value.status == 503
    assert "master.key" in (caught.value.hint or "")
    (house.settings.data_dir / FILE_NAME).write_text("not a key")
    with pytest.raises(MasterKeyError, match="no usable vault key"):
        await open_house(house.settings, fresh=False)


async def test_keys_from_outside(tmp_path: Path, settings: Settings, open_house: OpenHouse) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    first = await open_house(settings.model_copy(update={"master_key": SecretStr(old)}))
    ana = await first.person("ana")
    await first.services.get(Vault).put(ana.id, "x", "1")
    with pytest.raises(Conflict):
        await first.services.get(Vault).rotate()
    both = await open_house(settings.model_copy(update={"master_key": SecretStr(f"{new},{old}")}), fresh=False)
    assert await both.services.get(Vault).reseal() >= 2
    script = tmp_path / "key.txt"
    script.write_text(new)
    by_command = settings.model_copy(update={"master_key_command": f"cat {script}"})
    last = await open_house(by_command, fresh=False)
    assert await last.services.get(Vault).get(ana.id, "x") == "1"
    assert not (settings.data_dir / FILE_NAME).exists()
    for command, words in (("exit 3", "status 3"), ("echo nonsense", "no usable")):
        with pytest.raises(MasterKeyError, match=words):
            await open_house(settings.model_copy(update={"master_key_command": command}), fresh=False)
