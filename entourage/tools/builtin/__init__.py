"""The tools every server has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entourage.artifacts.service import Artifacts
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.types import Limits
from entourage.tools.builtin.artifacts import artifact_tools
from entourage.tools.builtin.code import code_tools
from entourage.tools.builtin.command import command_tools
from entourage.tools.builtin.files import file_tools
from entourage.tools.builtin.git import git_tools
from entourage.tools.builtin.media import media_tools
from entourage.tools.builtin.sessions import Sessions
from entourage.tools.builtin.structure import structure_tools
from entourage.tools.builtin.syntax import syntax_tools
from entourage.tools.builtin.team import team_tools
from entourage.tools.builtin.web import web_tools
from entourage.tools.tool import Tool
from entourage.workspaces.git.working import GitDesk
from entourage.workspaces.places import Places

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core


def builtin_tools(
    places: Places,
    git: GitDesk,
    sessions: Sessions,
    interpreters: Interpreters,
    limits: Limits,
    artifacts: Artifacts,
    allow_networks: Sequence[str],
    core: Core,
) -> list[Tool]:
    """All of them, over these services. `allow_networks`: see `fetch_allow_networks` of the settings."""
    return [
        *file_tools(places),
        *syntax_tools(places),
        *structure_tools(places),
        *git_tools(places, git),
        *code_tools(sessions, interpreters, artifacts, wall_seconds=limits.wall_seconds),
        *command_tools(sessions, limits),
        *media_tools(core),
        *artifact_tools(places, artifacts),
        *web_tools(allow_networks),
        *team_tools(),
    ]
