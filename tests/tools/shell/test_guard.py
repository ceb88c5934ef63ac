"""The strict guard before execution: what may run without being asked for, and as what it runs."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.tools.shell import judge_command
from entourage.tools.shell.guard import guard
from entourage.tools.shell.harmless import IN_SANDBOX
from entourage.tools.shell.paths import is_private, is_secret, may_be_telling
from entourage.tools.shell.place import Place
from tests.tools.shell.generated import commands

CORPORA = Path(__file__).parents[2] / "corpora"
PLACE = Place.of_root("/srv/app")


def rows(*names: str) -> list[tuple[str, str]]:
    found = [json.loads(line) for name in names for line in (CORPORA / name).read_text("utf-8").splitlines()]
    return [(row["command"], row["expected"]) for row in found]


@pytest.mark.parametrize("name", ["commands.jsonl", "guard.jsonl"])
def test_each_row_gets_its_verdict(name: str):
    wrong = {
        command: verdict.reason
        for command, expected in rows(name)
        if ((verdict := guard(command, PLACE)).allowed) != (expected == "allow")
    }
    assert wrong == {}


def test_what_runs_is_rebuilt_from_what_was_read():
    found = guard("""cat  'a b' "c's" x=1 =ls&&ls|wc -l ;""", PLACE)
    assert found.argv == (("cat", "a b", "c's", "x=1", "=ls"), ("ls",), ("wc", "-l"))
    assert found.command == """cat 'a b' 'c'"'"'s' x=1 '=ls' && ls | wc -l"""


def test_what_is_refused_has_a_reason_and_nothing_to_run():
    for command, expected in rows("guard.jsonl"):
        found = guard(command, PLACE)
        assert found.reason.endswith(".")
        assert bool(found.argv) == bool(found.command) == (expected == "allow")


def test_the_danger_rules_never_forbid_what_the_guard_allows():
    """One list of harmless commands serves both."""
    for command, expected in rows("commands.jsonl", "guard.jsonl"):
        if expected == "allow":
            assert judge_command(command, cwd="/srv/app", roots=["/srv/app"]).behavior == "allow", command


@settings(max_examples=150, deadline=None)
@given(commands() | st.text(max_size=60))
def test_rebuilding_is_stable_and_reads_the_same_everywhere(command: str):
    found = guard(command, PLACE)
    if found.allowed:
        again = guard(found.command, PLACE)
        assert (again.argv, again.command) == (found.argv, found.command)
        if len(found.argv) == 1:
            assert tuple(shlex.split(found.command)) == found.argv[0]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([row for row in rows("guard.jsonl") if row[1] == "allow"]), st.data())
def test_no_character_slipped_in_makes_anything_but_words(row: tuple[str, str], data: st.DataObject):
    command = row[0]
    at = data.draw(st.integers(0, len(command)))
    odd = data.draw(st.sampled_from("$`\\\n\r\0\t\u202e\u200b(){}<>&#!*?[]"))
    found = guard(command[:at] + odd + command[at:], PLACE)
    assert not found.allowed or any(odd in word for argv in found.argv for word in argv) or odd in "&\n"


@pytest.mark.parametrize(
    "text", ["ls&&" * 1_000 + "ls", "ls|" * 1_300 + "ls", "(" * 4_000, '"' * 4_001, "ls;" * 30, "ls \udcff"]
)
def test_nothing_makes_it_raise(text: str):
    assert not guard(text, PLACE).allowed


def test_links_are_followed_where_the_paths_are_this_machines(tmp_path: Path):
    root = tmp_path / "app"
    root.mkdir()
    (root / "plain").write_text("x")
    (root / "out").symlink_to("/etc")
    local = Place.of_root(str(root), is_local=True)
    assert guard("cat plain ./plain", local).allowed
    assert not guard("cat out/passwd", local).allowed
    assert not guard("ls out", local).allowed


def test_in_a_sandbox_files_of_its_folder_may_change():
    place = Place.of_root("/work")
    for command in ("mkdir -p out && cp a.csv out/b.csv", "rm -rf build", "python3 main.py --fast", "mv a b"):
        assert guard(command, place, IN_SANDBOX).allowed, command
        assert not guard(command, place).allowed
    for command in (
        "rm -rf .",
        "rm -rf /work",
        "rm -rf /work/",
        "cp a /etc/x",
        "mv a ../b",
        "python3 -c 1",
        "cp -S x a b",
    ):
        assert not guard(command, place, IN_SANDBOX).allowed, command


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/shadow", "/etc/sudoers.d/x", "/etc/ssl/private/k", "/proc/1/environ", "~/.ssh/id_rsa", "a/.ssh/my_rsa"),
        *("/etc/ssh/ssh_host_rsa_key", "x/.aws/credentials", "x/.gnupg/y", "x/.netrc", ".pgpass", "x/.kube/config"),
        *(".docker/config.json", ".git-credentials", ".config/gcloud/x", ".azure/x", ".npmrc", ".pypirc", "a.pem"),
        *(
            "a.p12",
            "a.pfx",
            "a.keystore",
            "x/vault.key",
            "x/master.key",
            ".password-store/x",
            ".local/share/keyrings/x",
        ),
        *("x/Library/Keychains/y", ".env", "a/.env.local", "secrets.yaml", "secrets.json", "credentials.json", "a.key"),
        *("~/.bash_history", "/etc/sh?dow"),
    ],
)
def test_the_quick_look_at_a_path_overlooks_no_secret(path: str):
    assert (is_secret(path) or is_private(path)) and may_be_telling(path)


def test_the_command_line_prints_one_line_a_command(tmp_path: Path):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": 7, "command": "ls -la"}\n{"id": "b", "command": "rm -rf /"}\nnonsense\n')
    told = subprocess.run(
        [sys.executable, "-m", "entourage", "policy", "check", "--jsonl", str(file)], capture_output=True, check=True
    ).stdout
    lines = [json.loads(line) for line in told.splitlines()]
    assert [(line["id"], line["verdict"]) for line in lines] == [(7, "allow"), ("b", "deny"), (None, "deny")]
    assert lines[0]["argv"] == [["ls", "-la"]]
    one = [sys.executable, "-m", "entourage", "policy", "check", "--"]
    assert subprocess.run([*one, "ls", "a b"], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*one, "ls; rm x"], capture_output=True, check=False).returncode == 1
    assert subprocess.run(one, capture_output=True, check=False).returncode == 2
