"""From a class and how sure it is to who handles the request."""

from __future__ import annotations

from typing import Literal

from entourage.llm.embeddings import Embedder, HashedNgrams

Handler = Literal["direct", "agent", "plan", "desktop", "command", "composite", "general"]

SURE, FAIRLY_SURE = 0.8, 0.6
"""Above the first its handler answers; above the second it answers first and the general agent goes on from it."""

HEAD_CHARS, TAIL_CHARS = 150, 60
"""What is read of a long request: a hundred characters more take the embedder 15 ms more."""


def gist(text: str) -> str:
    """What a request asks for stands at its beginning or at its end; between them is mostly material."""
    plain = " ".join(text.split())
    if len(plain) <= HEAD_CHARS + TAIL_CHARS:
        return plain
    return f"{plain[:HEAD_CHARS].rpartition(' ')[0] or plain[:HEAD_CHARS]} … {plain[-TAIL_CHARS:].partition(' ')[2]}"


def is_words(text: str) -> bool:
    """Whether this is a request in words: not a path or a slash command, not a piece of code or JSON."""
    return bool(text.strip()) and not text.lstrip().startswith(("/", "```", "{", "[", "<", "$ ", "#!"))


def knows_meaning(embedder: Embedder) -> bool:
    """Whether its vectors tell meanings and not only words: what is only nearly right is not acted upon otherwise."""
    return not isinstance(embedder, HashedNgrams)


def handler_for(intent: str, confidence: float, *, meaning: bool) -> Handler:
    """Who handles a request of this class; `meaning`: see `knows_meaning`."""
    if confidence > SURE and (meaning or intent != "plan"):
        return intent  # pyright: ignore[reportReturnType]  # the classes are handlers
    if confidence > FAIRLY_SURE and meaning:
        # a plan is shown before it begins: the person is asked, and nobody else has to look at it first
        return intent if intent in ("direct", "plan") else "composite"  # pyright: ignore[reportReturnType]
    return "general"
