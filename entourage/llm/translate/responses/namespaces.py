"""Functions of a namespace, which other dialects do not have: told there by one joined name, and taken apart again."""

from __future__ import annotations

from entourage.llm.translate.neutral import Json

_BETWEEN = "--"
"""Allowed in names everywhere, and in nobody's own names."""


def joined_name(namespace: str | None, name: str) -> str:
    """The name of a function in dialects without namespaces."""
    return f"{namespace}{_BETWEEN}{name}" if namespace else name


def told_name(name: str) -> Json:
    """The fields of a call that say which function it is."""
    namespace, _, own = name.partition(_BETWEEN)
    return {"namespace": namespace, "name": own} if namespace and own else {"name": name}
