"""The model that needs no provider: no language model, but it runs the tools it is offered, and says so."""

from entourage.llm.offline.model import OfflineModel

__all__ = ["OfflineModel"]
