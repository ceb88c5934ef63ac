"""A door for requests to models, as serving calls it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from entourage.llm.doors.passage import pass_through
from entourage.llm.doors.refusing import refuse

if TYPE_CHECKING:
    from entourage.kit.errors import Problem
    from entourage.kit.exchange import Exchange
    from entourage.llm.doors.core import Core
    from entourage.llm.doors.specs import DoorSpec


class ModelDoor:
    """Implements `Door`."""

    def __init__(self, core: Core, spec: DoorSpec) -> None:
        self._core = core
        self._spec = spec
        self.max_body_bytes = core.max_body_bytes
        self.template = f"/v1/{spec.path}"

    def serve(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        """One coroutine for the whole request; nothing else is started for it."""
        return pass_through(self._core, self._spec, exchange)

    def refuse(self, exchange: Exchange, problem: Problem) -> None:
        """In the door's dialect."""
        refuse(exchange, self._spec.dialect, problem)
