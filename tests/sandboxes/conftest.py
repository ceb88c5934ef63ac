"""A place on the host with things to steal, and sandboxes of every way of counting memory this machine offers."""

from __future__ import annotations

import gc
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from entourage.sandboxes import BubblewrapSandbox, ExecResult, Limits
from entourage.sandboxes.cgroups import find_hierarchy

QUICK = Limits(wall_seconds=20)


@dataclass(frozen=True)
class Host:
    """`work` is what the sandbox gets; everything else in `folder` must stay unseen."""

    folder: Path
    work: Path


@pytest.fixture
def host() -> Iterator[Host]:
    folder = Path(tempfile.mkdtemp(prefix="entourage-test-"))
    folder.chmod(0o711)
    work = folder / "work"
    work.mkdir()
    yield Host(folder, work)
    # trees made to be endless are too deep for shutil.rmtree
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture(params=["watchdog", "cgroup"])
def sandbox(request: pytest.FixtureRequest) -> BubblewrapSandbox:
    if request.param == "cgroup" and find_hierarchy() is None:
        pytest.skip("no memory cgroup can be made here")
    return BubblewrapSandbox(use_cgroups=request.param == "cgroup")


@pytest.fixture
def plain() -> BubblewrapSandbox:
    """For what has nothing to do with how memory is counted."""
    return BubblewrapSandbox(use_cgroups=False)


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """No process, zombie, descriptor or cgroup stays behind; a server that tests share has its own of them."""
    if any(name.endswith("world") for name in request.fixturenames):
        yield
        return
    before, open_before, groups_before = _children(), _descriptors(), _groups()
    yield
    deadline = time.monotonic() + 3  # what watched a container ends a moment after it
    most = open_before + 3  # the loop of the test may still be open; libuv keeps a pipe for ever
    while (not _children() <= before or _descriptors() > most) and time.monotonic() < deadline:
        gc.collect()  # what earlier tests left in circles may hold some
        time.sleep(0.02)
    assert _children() <= before
    assert _descriptors() <= most
    assert _groups() <= groups_before  # servers that other tests share keep theirs


def _groups() -> set[str]:
    """Groups of this process, for memory and for cores; other tests make and remove theirs meanwhile."""
    hierarchy = find_hierarchy()
    folders = hierarchy.folders if hierarchy else []
    return {str(path) for folder in folders for path in folder.glob(f"entourage-{os.getpid()}-*")}


def _children() -> set[int]:
    """Orphans are adopted by this process, so they would show."""
    return {child.pid for child in psutil.Process().children(recursive=True)}


def _descriptors() -> int:
    """Without those of databases: servers that other tests share open connections when they like."""
    return sum(".db" not in _target(link) for link in Path("/proc/self/fd").iterdir())


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # the listing's own
        return ""


def said(result: ExecResult) -> str:
    return result.stdout + result.stderr
