"""Which folder of packages sandboxes get, and what an installation leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from entourage.kit.errors import Unavailable
from entourage.sandboxes import packages
from tests.world import quick_settings

PIP = [sys.executable, "-m", "pip", "--version"]


def test_the_settings_folder_goes_first_and_half_a_folder_is_none(tmp_path: Path):
    settings = quick_settings(tmp_path)
    folder = packages.default_folder(settings)
    folder.mkdir()
    assert packages.site_packages(settings) is None
    (folder / packages.MARK).write_text("an older lock")
    assert packages.site_packages(settings) == folder
    assert not packages.is_current(folder)
    (folder / packages.MARK).write_bytes(packages.LOCK.read_bytes())
    assert packages.is_current(folder)
    assert not packages.install(folder, print)
    named = quick_settings(tmp_path, sandbox_site_packages=tmp_path)
    assert packages.site_packages(named) == tmp_path
    assert (packages.has_ipykernel(tmp_path), packages.has_ipykernel(None)) == (False, False)


def test_the_lock_has_hashes_and_no_registry():
    lock = packages.LOCK.read_text()
    assert "://" not in lock
    named = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert {"ipykernel", "numpy", "pandas", "matplotlib"} <= {line.partition("==")[0] for line in named}
    assert all(line.endswith("\\") for line in named)


def test_an_installation_that_fails_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "old").write_text("kept")
    broken = tmp_path / "broken.lock"
    broken.write_text("no-such-package==0 --hash=sha256:" + "0" * 64)
    monkeypatch.setattr(packages, "LOCK", broken)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    if subprocess.run(PIP, capture_output=True, check=False).returncode:
        pytest.skip("there is no pip")
    with pytest.raises(Unavailable, match="failed"):
        packages.install(folder, print)
    assert [each.name for each in tmp_path.iterdir() if each != broken] == ["packages"]
    assert (folder / "old").read_text() == "kept"
