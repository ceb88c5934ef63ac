"""Putting hooks into settings and taking them out: once, whole or not at all, and nothing of anybody else's."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from entourage.cli import cli
from entourage.commands.hooks.agents import AGENTS, CLAUDE_CODE, MARK, Choice, is_ours
from entourage.commands.hooks.jsontext import with_item, without
from entourage.settings import Settings

KEY = "ent_in_0123456789"
FOREIGN = """{
    "model" : "opus",   "permissions": {"allow": ["Bash(git *)"]},
    "hooks": {
        "Stop": [ {"hooks": [{"type": "command", "command": "say done"}]} ],
        "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "check"}]}]
    }
}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person in a project of theirs."""
    (tmp_path / "home").mkdir()
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in (
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "CLAUDE_CONFIG_DIR",
        "CODEX_HOME",
        "ENTOURAGE_URL",
        "ENTOURAGE_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    return folder


def hooks(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["hooks", *arguments])


def install(*more: str) -> Result:
    return hooks("install", "--url", "http://127.0.0.1:1", "--key", KEY, *more)


def settings_of(project: Path) -> Path:
    return project / ".claude/settings.json"


def commands(path: Path) -> dict[str, list[str]]:
    found: dict[str, Any] = json.loads(path.read_text())["hooks"]
    return {
        event: [hook["command"] for group in groups for hook in group.get("hooks", [group])]
        for event, groups in found.items()
    }


def test_every_event_is_hooked_but_those_that_must_not_or_need_not_be(project: Path):
    assert install().exit_code == 0
    found = commands(settings_of(project))
    assert set(found) == set(CLAUDE_CODE.events)
    assert not {"WorktreeCreate", "MessageDisplay"} & set(found)
    assert found["PreToolUse"][0].endswith("claude-code 60")
    assert install("--messages").exit_code == 0
    assert "MessageDisplay" in commands(settings_of(project))


def test_no_key_and_no_path_of_this_machine_gets_into_the_project(project: Path, tmp_path: Path):
    install()
    text = settings_of(project).read_text()
    assert KEY not in text
    assert str(tmp_path) not in text
    kept = tmp_path / "home/.config/entourage/hooks/claude-code.conf"
    assert KEY in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_twice_is_once_and_out_again_leaves_every_byte_of_others(project: Path):
    settings_of(project).parent.mkdir()
    settings_of(project).write_text(FOREIGN)
    install()
    once = settings_of(project).read_text()
    install()
    assert settings_of(project).read_text() == once
    assert commands(settings_of(project))["Stop"][0] == "say done"
    assert hooks("uninstall").exit_code == 0
    assert settings_of(project).read_text() == FOREIGN
    assert hooks("uninstall").exit_code == 0


def test_a_broken_file_is_refused_and_left_alone(project: Path):
    settings_of(project).parent.mkdir()
    settings_of(project).write_text('{"hooks": {,}}')
    refused = install()
    assert refused.exit_code == 1
    assert "line 1 column" in refused.output.replace("\n", " ")
    assert settings_of(project).read_text() == '{"hooks": {,}}'
    assert not (Path.home() / ".config/entourage").exists()


@pytest.mark.parametrize("odd", ['{"hooks": []}', '{"hooks": {"Stop": {}}}', "[]", '"x"'])
def test_hooks_of_an_unknown_shape_are_refused(project: Path, odd: str):
    settings_of(project).parent.mkdir()
    settings_of(project).write_text(odd)
    assert install().exit_code == 1
    assert settings_of(project).read_text() == odd


def test_a_link_stays_a_link_and_rights_stay(project: Path, tmp_path: Path):
    real = tmp_path / "dotfiles.json"
    real.write_text("{}")
    real.chmod(0o640)
    settings_of(project).parent.mkdir()
    settings_of(project).symlink_to(real)
    install()
    assert settings_of(project).is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert MARK in real.read_text()


def test_ones_own_settings_hold_for_every_project(tmp_path: Path, project: Path):
    install("--user")
    assert not settings_of(project).exists()
    assert MARK in (tmp_path / "home/.claude/settings.json").read_text()


def test_a_plugin_holds_hooks_and_scripts_but_no_key(project: Path):
    assert install("--plugin", "plug").exit_code == 0
    assert json.loads((project / "plug/.claude-plugin/plugin.json").read_text())["name"] == "entourage"
    found = commands(project / "plug/hooks/hooks.json")
    assert all("${CLAUDE_PLUGIN_ROOT}" in command for event in found.values() for command in event)
    assert os.access(project / "plug/entourage/hooks/run", os.X_OK)
    assert not any(KEY in path.read_text() for path in (project / "plug").rglob("*") if path.is_file())


@pytest.mark.parametrize("agent", list(AGENTS))
def test_other_agents_have_files_of_their_own(project: Path, agent: str):
    assert install("--agent", agent).exit_code == 0
    path = AGENTS[agent].path(project)
    assert set(commands(path)) == set(AGENTS[agent].events)
    assert hooks("uninstall", "--agent", agent).exit_code == 0
    assert MARK not in path.read_text()


@pytest.mark.parametrize("wrong", ["--app team", "--app Not-a-name", "--agent hal", "--project --user"])
def test_what_makes_no_sense_is_refused(wrong: str):
    assert install(*wrong.split()).exit_code != 0


def test_a_key_is_made_from_the_servers_own_folder(project: Path, tmp_path: Path):
    data = str(tmp_path / "data")
    made = CliRunner().invoke(
        cli, ["user", "add", "anna@example.com", "--admin", "--password", "correct horse", "--data-dir", data]
    )
    assert made.exit_code == 0, made.output
    assert hooks("install", "--data-dir", data).exit_code == 0
    kept = (Path.home() / ".config/entourage/hooks/claude-code.conf").read_text()
    assert "key=ent_in_" in kept
    assert f"url={Settings().base_url}" in kept


def test_status_tells_where_hooks_are(project: Path):
    install()
    (told,) = json.loads(hooks("status", "--json").stdout)
    assert (told["app"], told["waiting"], told["settings"]) == ("claude-code", 0, [str(settings_of(project))])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.text(max_size=6).filter(lambda key: key != "hooks"), JSON, max_size=4),
    st.sampled_from([None, 1, "\t", 4]),
)
def test_any_settings_survive_coming_and_going(known: dict[str, Any], indent: int | str | None):
    before = json.dumps(known, indent=indent)
    text = before
    for event, entry in CLAUDE_CODE.hooks(Choice("claude-code")).items():
        text = with_item(text, ("hooks", event), entry)
    assert {**json.loads(text), "hooks": None} == {**known, "hooks": None}
    assert json.loads(without(text, is_ours)) == known
