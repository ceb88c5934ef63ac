"""Where a memory is from, as models are told: of what is shared first who vouches for it, by the server's own word.

What a source calls itself is up to whoever stored it. In one's own memory that is oneself or one's agents; in that of a
workspace it may be anybody, who might call themselves the user.
"""

from __future__ import annotations

from entourage.memory.schemas import Memory

_NAME_CHARS = 40
SPOKEN = frozenset({"person", "chat", "agent"})
"""Kinds of sources of what was only said."""
_PLAIN = str.maketrans("", "", "\"'<>[]\n\r")


def place_of(memory: Memory, spoken: dict[str, str] | None = None) -> str:
    """The source in a few words; `spoken` gives those for kinds of sources that have no name."""
    source = memory.source
    named = source.name or source.url
    if memory.author is None:
        return f"from {named or (spoken or {}).get(source.type) or source.type}"
    vouched = f'shared by the workspace member "{memory.author.name.translate(_PLAIN)[:_NAME_CHARS]}"'
    return vouched if named is None or source.type in SPOKEN else f"{vouched}, from {named}"
