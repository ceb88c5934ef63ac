"""The catalogue of tools as it goes over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from entourage.tools.tool import Grant, Tool


class ToolView(BaseModel):
    """One tool of the catalogue."""

    name: str
    description: str
    parameters: dict[str, Any]
    read_only: bool
    destructive: bool
    default_grant: Grant
    origin: str

    @classmethod
    def of(cls, tool: Tool) -> ToolView:
        return cls(
            name=tool.name,
            description=tool.description,
            parameters=tool.parameters,
            read_only=tool.read_only,
            destructive=tool.destructive,
            default_grant=tool.default_grant,
            origin=tool.origin,
        )


class ToolList(BaseModel):
    """The whole catalogue."""

    items: list[ToolView]
