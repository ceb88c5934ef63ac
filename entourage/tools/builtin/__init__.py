"""The tools every server has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entourage.artifacts.service import Artifacts
from entourage.sandboxes.types import Limits, Sandbox
from entourage.tools.builtin.artifacts import artifact_tools
from entourage.tools.builtin.code import code_tools
from entourage.tools.builtin.command import command_tools
from entourage.tools.builtin.files import file_tools
from entourage.tools.builtin.media import media_tools
from entourage.tools.builtin.syntax import syntax_tools
from entourage.tools.builtin.team import team_tools
from entourage.tools.builtin.web import web_tools
from entourage.tools.tool import Tool
from entourage.workspaces.folders import Folders

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core


def builtin_tools(
    folders: Folders, sandbox: Sandbox, limits: Limits, artifacts: Artifacts, allow_networks: Sequence[str], core: Core
) -> list[Tool]:
    """All of them, over these services. `allow_networks`: see `fetch_allow_networks` of the settings."""
    return [
        *file_tools(folders),
        *syntax_tools(folders),
        *code_tools(folders, sandbox, limits),
        *command_tools(folders, sandbox, limits),
        *media_tools(core),
        *artifact_tools(folders, artifacts),
        *web_tools(allow_networks),
        *team_tools(),
    ]
