"""Our hooks as a plugin of Claude Code: a folder that can be shared, and never holds a key."""

from __future__ import annotations

import json
from pathlib import Path

from entourage import __version__
from entourage.commands.hooks.agents import CLAUDE_CODE, Choice
from entourage.commands.hooks.client import install_client
from entourage.commands.hooks.files import write_whole

_COMMAND = 'exec "${CLAUDE_PLUGIN_ROOT}/entourage/hooks/run" '


def write_plugin(folder: Path, choice: Choice) -> None:
    """Write `.claude-plugin/plugin.json`, `hooks/hooks.json` and the scripts they run into `folder`."""
    manifest = {
        "name": "entourage",
        "version": __version__,
        "description": "Shows what Claude Code does in Entourage, and lets its policy decide.",
        "license": "Apache-2.0",
    }
    hooks = {event: [entry] for event, entry in CLAUDE_CODE.hooks(choice, _COMMAND).items()}
    install_client(folder / "entourage" / "hooks")
    write_whole(folder / "hooks" / "hooks.json", json.dumps({"hooks": hooks}, indent=2) + "\n")
    write_whole(folder / ".claude-plugin" / "plugin.json", json.dumps(manifest, indent=2) + "\n")
