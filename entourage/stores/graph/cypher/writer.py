"""The query as it goes to the engine: put together from pieces that the parser has understood, none of it copied.

Texts become parameters and every name is quoted, so nothing a person writes is read as Cypher by the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entourage.stores.graph.cypher.tokens import refuse

MAX_NAME_CHARS = 200


class Writer:
    """Pieces of a query and the parameters they use. `owner_label` is that of every node of the owner."""

    def __init__(self, owner_label: str, params: Mapping[str, Any]) -> None:
        self.owner = quoted(owner_label)
        self._given = params
        self._pieces: list[str] = []
        self._texts: list[str] = []
        self._used: dict[str, Any] = {}

    def put(self, *pieces: str) -> None:
        self._pieces += pieces

    def name(self, name: str) -> None:
        self._pieces.append(quoted(name))

    def text(self, value: str) -> None:
        """A text of the query, as a parameter."""
        self._pieces.append(f"$`t{len(self._texts)}`")
        self._texts.append(value)

    def param(self, name: str, at: int) -> None:
        """A parameter that was given with the query. Raises Invalid when it was not."""
        if name not in self._given:
            raise refuse(f"the parameter ${name[:80]} is not given", at)
        self._used[f"p{name}"] = self._given[name]
        self._pieces.append(f"${quoted(f'p{name}')}")

    def mark(self) -> tuple[int, int]:
        """A place to go back to."""
        return len(self._pieces), len(self._texts)

    def back(self, mark: tuple[int, int]) -> None:
        """Forget what was put since."""
        del self._pieces[mark[0] :], self._texts[mark[1] :]

    def finished(self) -> tuple[str, dict[str, Any]]:
        """The query and its parameters."""
        return " ".join(self._pieces), {**self._used, **{f"t{number}": text for number, text in enumerate(self._texts)}}


def quoted(name: str) -> str:
    """A name that is one name whatever is in it. Raises Invalid for what cannot be quoted."""
    if not 0 < len(name) <= MAX_NAME_CHARS or "`" in name or "\\" in name or "\x00" in name:
        raise refuse(f"{name[:80]!r} is no name")
    return f"`{name}`"
