"""A machine that cannot confine is found out, and code is refused with the reason."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from entourage.kit.errors import Unavailable
from entourage.sandboxes import BubblewrapSandbox
from tests.sandboxes.conftest import QUICK, Host


async def test_this_machine_confines(sandbox: BubblewrapSandbox):
    probe = await sandbox.probe()
    assert (probe.ok, probe.reason) == (True, "")
    assert probe.memory_by.startswith(("cgroup", "watchdog"))
    assert await sandbox.probe() is probe


async def test_bubblewrap_is_missing(host: Host):
    sandbox = BubblewrapSandbox(bwrap="no-such-bwrap")
    with pytest.raises(Unavailable, match=r"bubblewrap .* is not installed") as caught:
        await sandbox.run_code("python", "print(1)", host.work, QUICK)
    assert "apt install bubblewrap" in (caught.value.hint or "")


async def test_the_folder_of_extra_packages_is_missing(host: Host):
    sandbox = BubblewrapSandbox(site_packages=host.folder / "nowhere", use_cgroups=False)
    with pytest.raises(Unavailable, match="nowhere' is not there") as caught:
        await sandbox.run_code("python", "print(1)", host.work, QUICK)
    assert "ENTOURAGE_SANDBOX_SITE_PACKAGES" in (caught.value.hint or "")


def pretend(folder: Path, script: str) -> str:
    path = folder / "bwrap"
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH | stat.S_IRGRP | stat.S_IROTH)
    return str(path)


async def test_user_namespaces_are_forbidden(host: Host):
    path = pretend(host.folder, "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1")
    sandbox = BubblewrapSandbox(bwrap=path, use_cgroups=False)
    with pytest.raises(Unavailable, match="No permissions to create a new namespace") as caught:
        await sandbox.exec(["true"], host.work, QUICK)
    assert "user namespaces" in (caught.value.hint or "")
    assert not (await sandbox.probe()).ok


async def test_a_bubblewrap_that_confines_nothing_is_not_believed(host: Host):
    script = """
while [ "$1" != -- ]; do
    case $1 in --json-status-fd) status=$2;; esac
    shift
done
shift
echo "{\\"child-pid\\": $$}" >&$status
echo 'the host is visible'
echo done
echo '{"exit-code": 0}' >&$status
"""
    sandbox = BubblewrapSandbox(bwrap=pretend(host.folder, script), use_cgroups=False)
    probe = await sandbox.probe()
    assert not probe.ok
    assert "the host is visible" in probe.reason


async def test_it_can_be_asked_again_once_the_machine_was_mended(host: Host):
    path = pretend(host.folder, "exit 1")
    sandbox = BubblewrapSandbox(bwrap=path, use_cgroups=False)
    assert not (await sandbox.probe()).ok
    pretend(host.folder, 'exec env -i /usr/bin/bwrap "$@"')
    assert (await sandbox.probe(again=True)).ok
