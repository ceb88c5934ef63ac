"""The guard against a real shell: what it allows runs exactly the commands it has read."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from entourage.tools.shell.guard import guard
from tests.tools.shell.generated import generate
from tests.tools.shell.traced import PLACE, Counter, Run, differences, is_possible, judged, runs

pytestmark = pytest.mark.skipif(not is_possible(), reason="bubblewrap or bash is not installed")

COMMANDS = 250
"""`python -m bench.shell_fuzz` runs 10,000."""


def test_nothing_runs_but_the_argv_that_was_checked():
    allowed = judged(generate(COMMANDS))
    assert len(allowed) > COMMANDS // 10
    assert differences(runs(allowed)) == []


@pytest.mark.skipif(shutil.which("dash") is None, reason="dash is not installed")
def test_another_shell_reads_the_same_words():
    """What is handed to a shell elsewhere means the same to one that is not bash."""
    found = [verdict for _, verdict in judged(generate(COMMANDS)) if len(verdict.argv) == 1]
    script = "\n".join(f"printf '%s\\0' {verdict.command} ''" for verdict in found)
    told = subprocess.run(["dash", "-c", script], capture_output=True, check=True, cwd="/").stdout.decode()
    assert told.split("\0") == [word for verdict in found for word in (*verdict.argv[0], "")] + [""]


@pytest.mark.parametrize(
    "text",
    [
        "ls $(id)",
        "ls *",
        "ls ~",
        "ls {a,b}",
        "ls > c",
        "ls; rm a",
        "/bin/bash -c 'ls'",
        "ls <(id)",
        "x=1 ls $x",
        "l\\s a",
    ],
)
def test_whatever_else_runs_is_seen(text: str):
    """The witness itself: were the guard to read any of these as `ls` and its words, it would be told."""
    assert not guard(text, PLACE).allowed
    words = tuple(text.split())
    assert differences([Run(text, text, 0, Counter([words]))])
