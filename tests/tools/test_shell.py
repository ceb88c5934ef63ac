"""Shell commands: the verdict owed to each of the corpora, and what holds for every text whatsoever."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.tools.shell import UNLISTED, judge_command

CORPORA = Path(__file__).parent.parent / "corpora"


def rows(name: str) -> list[tuple[str, str]]:
    found = map(json.loads, (CORPORA / name).read_text("utf-8").splitlines())
    return [(row["command"], row["expected"]) for row in found]


@pytest.mark.parametrize(("command", "expected"), rows("commands.jsonl"))
def test_the_verdict_on_a_server_of_one_application(command: str, expected: str):
    assert judge_command(command, roots=["/srv/app"]).behavior == expected


@pytest.mark.parametrize(("command", "expected"), rows("shell.jsonl"))
def test_the_verdict_on_a_developers_machine(command: str, expected: str):
    verdict = judge_command(command)
    if expected == "pass":
        assert verdict.behavior == "allow" or verdict.rule == UNLISTED
    else:
        assert verdict.behavior == expected, verdict
        assert verdict.reason


@pytest.mark.parametrize(
    "wrap", ["bash -c {!r}", "sudo sh -c {!r}", "echo $({})", "x=$({})", "({})", "ls; {}", "ls | {}"]
)
@pytest.mark.parametrize(
    "command", ["rm -rf /", "dd if=/dev/zero of=/dev/sda", "cat ~/.ssh/id_rsa", "mkfs.ext4 /dev/sda1"]
)
def test_danger_stays_danger_wherever_it_hides(wrap: str, command: str):
    assert judge_command(wrap.format(command)).behavior == "deny"


def test_relative_paths_lie_where_the_command_runs():
    assert judge_command("rm -rf ../../..", cwd="/home/anna/project").behavior == "deny"
    assert judge_command("cat ../../etc/shadow", cwd="/home/anna").behavior == "deny"
    assert judge_command("rm -rf build", cwd="/home/anna/project").rule == UNLISTED
    assert judge_command("rm -rf .", cwd="/home/anna/project").behavior == "ask"
    assert judge_command("cd / && rm -rf *").behavior == "deny"


def test_what_cannot_be_read_as_a_whole_is_asked_about():
    assert judge_command("echo $(").behavior == "ask"
    assert judge_command("x" * 100_000).behavior == "ask"
    assert judge_command("$(" * 5_000 + ")" * 5_000).behavior != "allow"


WORDS = st.sampled_from(
    [
        *"$(){}[]|&;<>`'\"\\\n #*?~!=",
        "rm",
        "-rf",
        "/",
        "sh",
        "-c",
        "<<EOF\n",
        "EOF\n",
        "$x",
        "eval",
        "git",
        "é",
        "\u202e",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=60).map("".join) | st.text(max_size=200))
def test_no_text_makes_it_raise(command: str):
    assert judge_command(command).behavior in ("allow", "ask", "deny")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["rm", "ls", "-rf", "/tmp/x", "a b", "$HOME", "*"]), min_size=1, max_size=6))
def test_quoting_a_command_for_another_shell_never_makes_it_milder(words: list[str]):
    weights = {"allow": 0, "ask": 1, "deny": 2}
    command = " ".join(words)
    quoted = "bash -c '" + command.replace("'", "'\\''") + "'"
    assert weights[judge_command(quoted).behavior] >= weights[judge_command(command).behavior]


def test_the_grammar_is_loaded_with_the_first_command_only():
    program = "import sys, entourage.tools.shell; sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
