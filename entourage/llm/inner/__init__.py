"""Models of the house: `offline`, `team` and `@agent`, answering in every dialect."""

from __future__ import annotations

from entourage.llm.inner.service import InnerModels
from entourage.llm.inner.team import Answering, File, Happening, Prompt, Said, Team, Thought, Turn

__all__ = ["Answering", "File", "Happening", "InnerModels", "Prompt", "Said", "Team", "Thought", "Turn"]
