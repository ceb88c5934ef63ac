"""What a person says that is worth keeping, read by rules in English, Portuguese and Russian.

Sentences are kept in their own words: rules that reworded them would be wrong more often than those that choose.
"""

# ruff: noqa: RUF001, E501  Russian letters are meant, and a rule reads best on one line

from __future__ import annotations

import re

MAX_FACTS = 5
MAX_FACT_CHARS = 600
_READ_CHARS = 4_000

_REMEMBER = re.compile(
    r"^\W*(?:(?:please|por favor|пожалуйста|can you|could you)[,\s]+)*(?:"
    r"(?:remember|keep in mind|bear in mind|don[’']t forget|do not forget|memori[sz]e)(?:\s+(?:for me|this|it))?(?:\s+that\b|\s*[:,]|(?=\s+(?:my|our|i|i[’']m|we|the)\b))|"
    r"(?:lembre|lembra|memorize|anote|não (?:se )?esqueça|tenha em mente|recorde)(?:-se|-te)?(?:\s+de)?(?:\s+que\b|\s+isto\s*:|\s*:)|"
    r"(?:запомни(?:те)?|помни(?:те)?|не забудь(?:те)?|не забывай(?:те)?|имей(?:те)? в виду)(?:\s+это)?(?:\s*,?\s*что\b|\s*[:,]|(?=\s+(?:мо[йяёи]|меня|у меня|я|мы|наш)\b))"
    r")\s*(?P<what>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(r"^\s*@[\w-]{1,64}[\s,:]*")
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\S)[^.!?\n]*)*[.!?]*")
_LEAD = (
    r"^\W*(?:(?:hi|hello|hey|by the way|btw|also|and|so|well|olá|oi|aliás|também|e|привет|кстати|ещё|и|а)[,!\s]+){0,3}"
)
_OWN = (
    r"name|wife|husband|partner|girlfriend|boyfriend|son|daughter|child|children|kids|mother|father|mom|dad|brother|sister|"
    r"birthday|e-?mail|phone|address|time ?zone|job|company|employer|boss|manager|team|project|hometown|city|country|"
    r"dog|cat|car|native language|language|pronouns|diet|blood type|favou?rite [\w ]{1,30}?|preferred [\w ]{1,30}?"
)
_OWN_PT = (
    r"nome|esposa|mulher|marido|namorad[oa]|parceir[oa]|filh[oa]s?|mãe|pai|irmã|irmão|aniversário|e-?mail|telefone|endereço|"
    r"fuso horário|trabalho|empresa|chefe|gerente|equipe|projeto|cidade|país|cachorro|gat[oa]|carro|língua|idioma|"
    r"[\w ]{1,30}? (?:favorit|preferid|predilet)[oa]s?"
)
_OWN_RU = (
    r"имя|жена|муж|сын|дочь|дети|мать|мама|отец|папа|брат|сестра|день рождения|почта|телефон|адрес|часовой пояс|работа|"
    r"компания|начальник|начальница|команда|проект|город|страна|собака|кот|кошка|машина|язык|любим\w+ [\w ]{1,30}?"
)
_FACTS = (
    re.compile(
        rf"{_LEAD}(?:(?:my (?:{_OWN})(?:[’']s name)?|(?:name|birthday) of my (?:{_OWN}))(?: is| are|[’']s)\b|"
        r"(?:please )?call me |i(?:[’']m| am) (?:called|allergic to|vegetarian|vegan|based in|from|married|left-handed|right-handed)\b|"
        r"i (?:really )?(?:prefer|like|love|enjoy|hate|dislike|don[’']t like|do not like|can[’']t stand|always|never|usually|speak|live in|work (?:at|for|as|in|on)|study|was born|have been living)\b)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_LEAD}(?:(?:o |a )?(?:meu|minha|meus|minhas) (?:{_OWN_PT}) (?:é|são|se chama|fica|faz)\b|(?:eu )?(?:me chamo|chamo-me)\b|(?:pode )?(?:me chame|me chamar) de\b|"
        r"(?:eu )?(?:prefiro|gosto (?:de|do|da|muito)|adoro|amo|odeio|detesto|não gosto (?:de|do|da)|não suporto|sempre|nunca|moro (?:em|no|na)|vivo (?:em|no|na)|trabalho (?:em|no|na|como|para)|estudo|nasci (?:em|no|na)|falo)\b|"
        r"(?:eu )?sou (?:alérgic[oa]|vegetarian[oa]|vegan[oa]|canhot[oa]|casad[oa]|de)\b)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_LEAD}(?:мо[йяёеи] (?:{_OWN_RU})\b|меня зовут\b|зови(?:те)? меня\b|"
        r"я (?:очень )?(?:предпочитаю|люблю|обожаю|ненавижу|не люблю|не выношу|всегда|никогда|обычно|живу|работаю|учусь|родил(?:ся|ась)|говорю на)\b|"
        r"мне (?:больше |очень |не )*нрав[ия]тся\b|у меня (?:есть |аллергия|день рождения)|я (?:вегетариан\w+|веган\w*|левша|правша|женат|замужем|из)\b)",
        re.IGNORECASE,
    ),
)
_QUOTED = re.compile(r"```.*?(?:```|\Z)|^>.*$", re.DOTALL | re.MULTILINE)


def unaddressed(text: str) -> str:
    """The words without the name of whom they are for (`@coder, ...`)."""
    return _ADDRESS.sub("", text)


def to_remember(text: str) -> str | None:
    """What comes after "remember that", "lembre que", "запомни, что"; None when nothing is asked to be kept."""
    found = _REMEMBER.match(unaddressed(text)[:_READ_CHARS])
    if found is None or text.rstrip().endswith("?"):
        return None
    return _bounded(found["what"])


def stated(text: str) -> list[str]:
    """Sentences in which a person tells of themselves, in their own words; what is to be remembered comes first.

    Code and quoted lines say nothing of who sends them.
    """
    asked = to_remember(text)
    if asked is not None:
        return [asked]
    sentences = _SENTENCE.findall(_QUOTED.sub(" ", unaddressed(text)[:_READ_CHARS]))
    facts = [_bounded(sentence) for sentence in sentences if _tells(sentence.strip())]
    return list(dict.fromkeys(facts))[:MAX_FACTS]


def speaks_of_oneself(text: str) -> bool:
    """Whether the words may hold more about the person than the rules read: a first person in them."""
    return _FIRST_PERSON.search(_QUOTED.sub(" ", text[:_READ_CHARS])) is not None


_FIRST_PERSON = re.compile(
    r"\b(?:i|i[’']m|i[’']ve|my|mine|me|we|our|us|eu|meu|minha|meus|minhas|me|mim|nós|nosso|nossa|sou|tenho|moro|"
    r"я|мне|меня|мной|мой|моя|моё|мое|мои|моего|моей|мы|нас|нам|наш|наша|наше|наши)\b",
    re.IGNORECASE,
)


def _tells(sentence: str) -> bool:
    return not sentence.endswith("?") and any(rule.match(sentence) for rule in _FACTS)


def _bounded(text: str) -> str:
    return " ".join(text.split())[:MAX_FACT_CHARS].strip()
