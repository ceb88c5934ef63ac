"""From a method and a path to a door of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.llm.doors.door import ModelDoor
from entourage.llm.doors.hello import HelloDoor
from entourage.llm.doors.listing import ModelsDoor
from entourage.llm.doors.specs import SPECS

if TYPE_CHECKING:
    from entourage.kit.exchange import Door
    from entourage.llm.doors.core import Core

_MODELS = "/v1/models"
_LONGEST_NAME = 300


class GatewayDoors:
    """All doors under `/v1`; `find` is asked for every request, so it is one look into a dictionary."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._doors: dict[tuple[str, str], Door] = {
            ("POST", f"/v1/{spec.path}"): ModelDoor(core, spec) for spec in SPECS
        }
        self._doors["GET", _MODELS] = ModelsDoor(core)
        hello = HelloDoor()
        self._doors["HEAD", "/v1"] = self._doors["HEAD", "/v1/"] = hello

    def find(self, method: str, path: str) -> Door | None:
        """None when it is no path of the gateway."""
        door = self._doors.get((method, path))
        if door is None and method == "GET" and path.startswith(_MODELS + "/") and len(path) < _LONGEST_NAME:
            return ModelsDoor(self.core, path[len(_MODELS) + 1 :])
        return door
