"""Anna, whose model is a scripted provider that refuses histories with calls without results."""

from tests.agents.control.conftest import anna

__all__ = ["anna"]
