"""Tool output and figures inside Markdown."""

from __future__ import annotations

import re

from entourage.llm.offline.phrases import phrase
from entourage.llm.offline.situation import Language

_SHOWN_LETTERS = 3000


def quoted(text: str, language: Language) -> str:
    """`text` as a code block that cannot be closed from inside, cut to what one wants to read in a chat."""
    body = text.strip("\n")
    if not body.strip():
        return phrase("empty", language)
    cut = len(body) > _SHOWN_LETTERS
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", body)), default=0))
    return f"{fence}\n{body[:_SHOWN_LETTERS]}\n{fence}" + (f"\n\n{phrase('cut', language)}" if cut else "")


def figure(value: object) -> str:
    """A number with at most two places after the point, other values as they are."""
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def cell(text: object) -> str:
    """A value inside a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ")
