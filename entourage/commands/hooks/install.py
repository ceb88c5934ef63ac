"""`entourage hooks install` and `uninstall`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from entourage.commands.hooks.agents import AGENTS, ANSWER_MS, AgentKind, Choice
from entourage.commands.hooks.client import client_folder, forget_client, install_client, known_target, save_target
from entourage.commands.hooks.delivering import tell_relay
from entourage.commands.hooks.files import holds_ours, install_into, remove_from
from entourage.commands.hooks.keys import make_key
from entourage.commands.hooks.plugin import write_plugin
from entourage.commands.setup import errors, fail
from entourage.kit.errors import Invalid, Problem
from entourage.settings import Settings

_APP = re.compile(r"[a-z][a-z0-9_-]{0,63}")
TEAM = "team"


@dataclass(frozen=True)
class Installing:
    """What `install` was asked for. `project` None means the person's own settings."""

    agent: str
    project: Path | None
    plugin: Path | None = None
    app: str | None = None
    url: str | None = None
    key: str | None = None
    token: str | None = None
    user: str | None = None
    approvals: bool = False
    messages: bool = False
    answer_ms: int = ANSWER_MS

    @property
    def choice(self) -> Choice:
        return Choice(self.app or self.agent, self.approvals, self.messages, self.answer_ms)


def run_install(asked: Installing, settings: Settings) -> int:
    """Put hooks in; the exit code. Doing it again changes nothing."""
    try:
        kind = _kind(asked.agent)
        _check_app(asked.choice.app)
        if asked.plugin is not None:
            return _install_plugin(asked, kind, settings)
        path = kind.path(asked.project)
        changed = install_into(kind, path, asked.choice)  # first: a broken file must not cost a key
        _install_client(asked, settings)
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    errors.print(f"{path}: {'hooks are in' if changed else 'hooks were in already'}.")
    _warn_of_two(kind, asked)
    return 0


def run_uninstall(agent: str, project: Path | None, app: str | None, *, forget: bool) -> int:
    """Take our hooks out, and only those; the exit code."""
    try:
        path = _kind(agent).path(project)
        removed = remove_from(path)
    except Problem as problem:
        return fail(problem.detail, problem.hint)
    errors.print(f"{path}: {'hooks are out' if removed else 'there were no hooks of ours'}.")
    if forget:
        tell_relay(app or agent, b"quit\n")
        forget_client(app or agent)
        errors.print(f"The key of {app or agent} is gone from this machine. Revoke it on the server, too.")
    return 0


def _install_plugin(asked: Installing, kind: AgentKind, settings: Settings) -> int:
    if kind.name != "claude-code" or asked.plugin is None:
        raise Invalid("Only Claude Code takes plugins.")
    write_plugin(asked.plugin, asked.choice)
    _install_client(asked, settings)
    errors.print(f"{asked.plugin}: a plugin of Claude Code. Try it: claude --plugin-dir {asked.plugin}")
    return 0


def _install_client(asked: Installing, settings: Settings) -> None:
    """The scripts, and the key unless there is one for this server already."""
    app = asked.choice.app
    install_client(client_folder())
    known = known_target(app)
    url = (asked.url or (known.url if known else settings.base_url)).rstrip("/")
    if known and known.url == url and asked.key in (None, known.key):
        return
    key = asked.key or make_key(settings, app, asked.url, asked.token, asked.user)
    path = save_target(app, url, key)
    errors.print(f"{path}: events of {app} go to {url}.")


def _warn_of_two(kind: AgentKind, asked: Installing) -> None:
    other = kind.path(None if asked.project else Path.cwd())
    if other != kind.path(asked.project) and holds_ours(other):
        errors.print(f"Our hooks are in {other} as well: keep them in one place, or each event may come twice.")


def _kind(agent: str) -> AgentKind:
    if agent not in AGENTS:
        raise Invalid(f"There is no agent {agent!r}.", hint=f"Known: {', '.join(AGENTS)}.")
    return AGENTS[agent]


def _check_app(app: str) -> None:
    if not _APP.fullmatch(app) or app == TEAM:
        raise Invalid(f"{app!r} is no name for an application.", hint="Lower-case letters, digits, - and _; not team.")
