"""`entourage doctor`: every engine, permission and version, with what to do where something is wrong."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from entourage import migrate
from entourage.client import STATIC
from entourage.commands.setup import errors, offline_services
from entourage.kit.errors import Problem
from entourage.sandboxes.runner import BubblewrapSandbox
from entourage.settings import Settings
from entourage.stores.blobs import open_blobs
from entourage.stores.cache import open_cache
from entourage.stores.sql import Database

LOW_DISK_BYTES = 1_073_741_824


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `advice` only when something is to be done. A warning does not fail the whole."""

    ok: bool
    what: str
    advice: str = ""
    warning: bool = False


Check = Callable[[Settings], Awaitable[Finding]]


def run_doctor(settings: Settings) -> int:
    """Print every finding; 0 when nothing is broken."""
    findings = asyncio.run(examine(settings))
    for finding in findings:
        mark = (
            "[green]ok  [/green]" if finding.ok else "[yellow]note[/yellow]" if finding.warning else "[red]bad [/red]"
        )
        errors.print(f"{mark} {finding.what}")
        if finding.advice and not finding.ok:
            errors.print(f"       {finding.advice}")
    return 0 if all(finding.ok or finding.warning for finding in findings) else 1


async def examine(settings: Settings) -> list[Finding]:
    """All findings, in the order of the floors."""
    checks: dict[str, Check] = {
        "data folder": _data_folder,
        "database": _database,
        "vault": _vault,
        "cache": _cache,
        "blobs": _blobs,
        "sandbox": _sandbox,
        "client": _client,
    }
    return [await _safely(name, check, settings) for name, check in checks.items()]


async def _safely(name: str, check: Check, settings: Settings) -> Finding:
    try:
        return await check(settings)
    except Problem as problem:
        return Finding(ok=False, what=f"{name}: {problem.detail}", advice=problem.hint or "")
    except Exception as error:  # a check that breaks is a finding
        return Finding(ok=False, what=f"{name}: {type(error).__name__}: {error}"[:300])


async def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(folder, os.W_OK):
        return Finding(ok=False, what=f"data folder {folder} cannot be written", advice="Change its owner or mode.")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding(
            ok=False, what=f"data folder {folder} can be read by others", advice=f"chmod 700 {folder}", warning=True
        )
    free = shutil.disk_usage(folder).free
    if free < LOW_DISK_BYTES:
        return Finding(ok=False, what=f"only {free // 1_048_576} MB of disk are free", advice="Free some space.")
    return Finding(ok=True, what=f"data folder {folder}, {free // 1_073_741_824} GB free")


async def _database(settings: Settings) -> Finding:
    database = Database(settings.database_url, settings.data_dir, pool_size=1)
    try:
        found = await migrate.revision(database)
    finally:
        await database.close()
    if found is None:
        return Finding(ok=True, what=f"{database.dialect}: empty, will be made at the first start")
    if found != migrate.head():
        return Finding(ok=False, what=f"{database.dialect}: revision {found}", advice="Run `entourage migrate`.")
    return Finding(ok=True, what=f"{database.dialect}, revision {found}")


async def _vault(settings: Settings) -> Finding:
    from entourage.accounts.vault import Vault

    async with offline_services(settings) as services:
        await services.get(Vault).check()
    return Finding(ok=True, what="vault: the master key fits")


async def _cache(settings: Settings) -> Finding:
    cache = open_cache(settings.redis_url)
    try:
        await cache.ping()
    finally:
        await cache.close()
    return Finding(ok=True, what="cache: " + ("redis" if settings.redis_url else "memory"))


async def _blobs(settings: Settings) -> Finding:
    await open_blobs(settings.blobs_url, settings.data_dir).ping()
    return Finding(ok=True, what="blobs: " + ("bucket" if settings.blobs_url else "files"))


async def _sandbox(settings: Settings) -> Finding:
    probe = await BubblewrapSandbox(site_packages=settings.sandbox_site_packages).probe()
    if probe.ok:
        return Finding(ok=True, what=f"sandbox: bubblewrap confines programs (memory by {probe.memory_by})")
    return Finding(
        ok=False, what=f"sandbox: {probe.reason}; agents cannot run code", advice=" ".join(probe.ways_out), warning=True
    )


async def _client(_settings: Settings) -> Finding:
    if (STATIC / "index.html").is_file():
        return Finding(ok=True, what="client: built")
    return Finding(ok=False, what="client: not built; the API works", advice="Run `make client`.", warning=True)
