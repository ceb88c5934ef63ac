"""Which of a person's things an endpoint offers, and what they are called there."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

import msgspec

from entourage.tools.tool import wire_name

if TYPE_CHECKING:
    from entourage.tools.mcp.bundles.tables import BundleRow
    from entourage.tools.tool import Tool

SearchWord = Literal["auto", "on", "off"]
EVERYTHING = frozenset({"*"})


class Place(msgspec.Struct, frozen=True):
    """An endpoint as one client may see it. `server`: one server (or service) alone, under its own names.

    Globs are of canonical names; every set of `tools` must have a tool for it to be there.
    """

    server: str | None = None
    bundle_id: str | None = None
    title: str = ""
    tools: tuple[frozenset[str], ...] = ()
    resources: frozenset[str] = EVERYTHING
    prompts: frozenset[str] = EVERYTHING
    agent: str = ""
    search: SearchWord = "auto"

    @property
    def scope(self) -> frozenset[str] | None:
        """What the tool path itself should hold the caller to: the narrowest set."""
        return self.tools[-1] if self.tools else None

    def has_tool(self, tool: Tool) -> bool:
        """Whether the tool is offered here."""
        if self.server is not None and tool.origin.partition(":")[2] != self.server:
            return False
        return all(fits(tool.name, globs) for globs in self.tools)

    def has_server(self, name: str) -> bool:
        """Whether anything of this server may be offered here."""
        return self.server is None or self.server == name

    def name_of(self, tool: Tool) -> str:
        """What a tool is called here."""
        if self.server is None:
            return tool.wire_name
        if tool.definition is not None:
            return str(tool.definition.get("name", tool.wire_name))
        return tool.name.partition(".")[2] or tool.name

    def prompt_name(self, server: str, name: str) -> str:
        """What a prompt is called here."""
        return name if self.server is not None else wire_name(f"{server}.{name}")


_MEMORY = frozenset({"memory_search", "memory_store", "memory_forget"})
_GRAPH = frozenset({"graph_query"})
READY_MADE = {
    "memory": Place(title="Memory", tools=(_MEMORY,), resources=frozenset(), prompts=frozenset()),
    "graph": Place(title="Graph", tools=(_GRAPH,), resources=frozenset(), prompts=frozenset()),
}
"""Bundles that everybody has, as long as they made none of the same name: what is remembered, for any MCP client."""


def place_of_bundle(bundle: BundleRow, narrower: frozenset[str] | None) -> Place:
    """What a bundle offers, to a token that may have its own narrower choice."""
    chosen = frozenset(bundle.tools)
    return Place(
        bundle_id=bundle.id,
        title=bundle.title or bundle.name,
        tools=(chosen,) if narrower is None else (chosen, narrower),
        resources=frozenset(bundle.resources),
        prompts=frozenset(bundle.prompts),
        agent=bundle.agent or "",
        search=bundle.search,  # pyright: ignore[reportArgumentType]  # checked when it was written
    )


def fits(name: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs has the name."""
    return any(glob in {"*", name} or fnmatchcase(name, glob) for glob in globs)
