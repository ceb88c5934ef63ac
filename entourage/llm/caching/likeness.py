"""Whether two questions may share an answer: alike is not enough, they must not differ in a number or a negation."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?|[+\-<>=!%$€/*^]+")
_HAS_DIGIT = re.compile(r"\d")

_TURNING_WORDS = """
not no never none nothing nobody neither nor without cannot except unless isn't aren't don't doesn't didn't won't
can't shouldn't wouldn't couldn't before after above below over under more less most least min max minimum maximum
first last enable disable on off allow deny start stop open close add remove increase decrease accept reject install
uninstall include exclude true false yes lock unlock show hide buy sell up down left right in out from to and or
create delete encrypt decrypt best worst all any every old new
nao não nunca nenhum nada sem nem exceto ativar desativar ligar desligar abrir fechar adicionar mais menos antes
depois acima abaixo permitir negar
не нет ни никогда без кроме включить выключить открыть закрыть до после больше меньше
"""
_TURNING = frozenset(_TURNING_WORDS.split())
_UN = ("un", "dis", "in", "non", "anti", "des", "не")


def guards(text: str) -> tuple[str, ...]:
    """The words that turn a question into another one: numbers, signs, names, negations and words with an opposite.

    In their order: from A to B is not from B to A.
    """
    words = enumerate(_WORD.findall(text))
    return tuple(word.casefold() for place, word in words if _turns(word, is_first=place == 0))


def _turns(word: str, *, is_first: bool) -> bool:
    low = word.replace("\u2019", "'").casefold()
    is_name = not is_first and len(word) > 1 and word != word.lower()
    is_sign = not word[0].isalnum()
    is_negated = low in _TURNING or low.endswith("n't") or low.startswith(_UN)
    return is_negated or is_name or is_sign or _HAS_DIGIT.search(word) is not None
