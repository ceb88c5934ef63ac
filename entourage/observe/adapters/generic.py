"""Any other agent that follows Claude Code (VS Code, Copilot CLI and whoever comes), in either spelling."""

from __future__ import annotations

from entourage.observe.adapters.base import Adapter, as_it_is
from entourage.observe.adapters.claude_code import EVENTS, answer

NAMES = {name[0].lower() + name[1:]: name for name in EVENTS}

ADAPTER = Adapter((), NAMES, as_it_is, answer)
