"""What stands between two names and says how they hang together, in English, Portuguese and Russian."""

# ruff: noqa: RUF001  Russian letters are meant

from __future__ import annotations

import re
from functools import cache

_ADVERB = r"(?:\w+(?:ly|mente|но)\s+)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "DEPENDS_ON",
        (
            r"(?:depends|depend|relies|rely|is built|is based|runs) (?:up)?on|requires|needs|depende[m]? d[eoa]s?|"
            r"requer|precisa d[eoa]s?|roda (?:em|no|na)|завис(?:ит|ят) от|требует|нуждается в|работает на|"
            r"основан[аоы]? на"
        ),
    ),
    (
        "PART_OF",
        (
            r"(?:is|are) (?:an? )?(?:\w+ )?(?:part|component|module|member|piece) of|faz(?:em)? parte d[eoa]s?|"
            r"[ée] (?:uma? )?(?:parte|componente|módulo) d[eoa]s?|(?:является )?часть[юи]?(?: проекта| системы)?|"
            r"входит в(?: состав)?"
        ),
    ),
    ("IMPLEMENTS", r"implements?|implementa[m]?|реализу[ею]т|воплощает"),
    ("USES", r"uses?|is using|utilizes?|usam?|utilizam?|использу[ею]т|применя[ею]т"),
    (
        "BELONGS_TO",
        r"belongs? to|is owned by|pertence[m]? (?:ao?s?|à)|[ée] d[eoa]s?|принадлеж(?:ит|ат)|относится к",
    ),
    ("SUPPORTS", r"supports?|suportam?|apoiam?|d[áa] suporte (?:ao?s?|à)|поддержива[ею]т"),
    ("CREATED", r"created|wrote|made|built|founded|designed|criou|escreveu|fez|fundou|создала?|написала?|основала?"),
    ("CONTAINS", r"contains?|includes?|consists? of|cont[ée]m|inclui|содержит|включает(?: в себя)?|состоит из"),
    ("RELATED_TO", r"and|with|or|e|com|ou|и|с|или|&"),
)
_ARTICLES = r"(?:the |an? |our |o |a |os |as |um |uma )?"
_BACKWARDS = (
    rf"^\s*(?:is |was |foi |[ée] |был[аои]? )?(?:created|written|made|built|founded|designed|criad[oa]|escrit[oa]|"
    rf"fundad[oa]|создан[аоы]?|написан[аоы]?) (?:by|por|pel[oa])?\s*{_ARTICLES}$"
)
MAX_BETWEEN_CHARS = 48


@cache
def _compiled() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    """Type, whether it leads backwards, what says so; made when the first text is read."""
    forward = (
        (label, False, re.compile(rf"^\s*[(,]?\s*{_ADVERB}(?:{pattern})\s+{_ARTICLES}[\"'`“«]?$", re.IGNORECASE))
        for label, pattern in _PATTERNS
    )
    return ("CREATED", True, re.compile(_BACKWARDS, re.IGNORECASE)), *forward


def relation_of(between: str) -> tuple[str, bool] | None:
    """The type of edge that the words between two names stand for, and whether it leads backwards."""
    if not between.strip() or len(between) > MAX_BETWEEN_CHARS or "\n\n" in between:
        return None
    for label, is_backwards, pattern in _compiled():
        if pattern.match(between):
            return label, is_backwards
    return None
