"""From words to an intent, by rules in English, Portuguese and Russian: the same words always give the same intent."""

# ruff: noqa: RUF001  Russian and mathematical letters are meant

from __future__ import annotations

import re
from collections.abc import Callable

from entourage.llm.offline import patterns
from entourage.llm.offline.arithmetic import evaluate
from entourage.llm.offline.intents import Intent
from entourage.llm.offline.situation import Attachment, Situation
from entourage.llm.statements import to_remember, unaddressed

_PROGRAMS = {"py": "python3", "sh": "bash", "js": "node", "mjs": "node"}
_SHORT_LETTERS = 2_000
_ABOUT_ONESELF = {
    "en": "my name, I like, I live, I work, my family",
    "pt": "meu nome, eu gosto, eu moro, eu trabalho, minha família",
    "ru": "меня зовут, я люблю, я живу, я работаю, моя семья",
}
_LIST_WORDS_THAT_ARE_NO_FOLDER = {"here", "my", "the", "this", "aqui", "minha", "meu", "этой", "моей"}


def route(situation: Situation) -> Intent:
    """The intent of the newest request; `unknown` when no rule fits."""
    for rule in _RULES if len(situation.text) <= _SHORT_LETTERS else _RULES_FOR_LONG_TEXTS:
        if (intent := rule(situation)) is not None:
            return intent
    return Intent("unknown")


def _tool(s: Situation) -> Intent | None:
    found = patterns.TOOL.match(s.text)
    if found is None or found["name"] not in s.offered:
        return None
    return Intent("tool", {"name": found["name"], "args": found["args"] or "{}"})


def _code_block(s: Situation) -> Intent | None:
    block = patterns.FENCED.search(s.text)
    if block is None:
        return None
    around = (s.text[: block.start()] + s.text[block.end() :]).strip()
    named = block["lang"].lower()
    language = patterns.LANGUAGES.get(named) if named else _language(block["code"])
    if language is None or (around and not patterns.RUN.search(around)):
        return None
    return Intent("code", {"language": language, "code": block["code"]})


def _run(s: Situation) -> Intent | None:
    if not patterns.RUN.search(s.text) or patterns.FENCED.search(s.text):
        return None
    if file := patterns.RUN_FILE.match(s.text):
        return Intent("code", {"language": "bash", "code": f"{_PROGRAMS[file['kind'].lower()]} {file['path']}"})
    found = patterns.INLINE.search(s.text) or patterns.RUN_THIS.search(s.text)
    if found is None:
        return None
    named = (found.groupdict().get("lang") or "").lower()
    language = patterns.LANGUAGES.get(named) or _language(found["code"])
    return Intent("code", {"language": language, "code": found["code"]})


def _language(code: str) -> str:
    return "node" if patterns.LOOKS_NODE.search(code) else "python" if patterns.LOOKS_PYTHON.search(code) else "bash"


def _attached(s: Situation) -> Intent | None:
    csv_file = next((a for a in s.attachments if a.is_csv), None)
    if csv_file:
        return Intent("csv", {"path": csv_file.path})
    text_file = next((a for a in s.attachments if a.is_text), None)
    if text_file:
        return Intent("text_file", {"path": text_file.path})
    return Intent("other_file", {"path": s.attachments[0].path}) if s.attachments else None


def _write(s: Situation) -> Intent | None:
    if block := patterns.FENCED.search(s.text):
        around = s.text[: block.start()] + s.text[block.end() :]
        path = re.search(patterns.PATH, around)
        if path and re.search(rf"\b{patterns.SAVE}\b", around, re.IGNORECASE):
            return Intent("write", {"path": _group(path), "content": block["code"]})
    found = patterns.WRITE_AFTER.search(s.text)
    # "with a function that ..." describes a text; only a text itself can be written
    if found and not patterns.EXACTLY.search(found["between"]):
        found = None if patterns.SOMETHING_TO_THINK_OF.match(found["content"]) else found
    found = found or patterns.WRITE_BEFORE.match(s.text)
    if found is None:
        return None
    return Intent("write", {"path": _group(found), "content": _unquoted(found["content"])})


def _edit(s: Situation) -> Intent | None:
    found = patterns.REPLACE.search(s.text)
    return Intent("edit", {"path": _group(found), "old": found["old"], "new": found["new"]}) if found else None


def _note(s: Situation) -> Intent | None:
    found = patterns.NOTE.match(s.text)
    if found is None:
        return None
    content = found["content"].strip()
    return Intent("note", {"title": _unquoted(found["title"] or content.splitlines()[0][:60]), "content": content})


def _fetch(s: Situation) -> Intent | None:
    url = patterns.URL.search(s.text)
    if url is None or not (patterns.FETCH.search(s.text) or s.text.strip() == url[0]):
        return None
    return Intent("fetch", {"url": url[0].rstrip(".,;!?")})


def _search(s: Situation) -> Intent | None:
    found = patterns.SEARCH.match(s.text)
    return Intent("search", {"query": _unquoted(found["query"]), "path": _group(found)}) if found else None


def _remember(s: Situation) -> Intent | None:
    what = to_remember(s.text)
    return Intent("remember", {"text": what}) if what else None


def _recall(s: Situation) -> Intent | None:
    found = patterns.RECALL.match(unaddressed(s.text))
    if found is None:
        return None
    query = _unquoted(found["query"]) or s.text
    return Intent("recall", {"query": _ABOUT_ONESELF[s.language] if patterns.ONESELF.fullmatch(query) else query})


def _forget(s: Situation) -> Intent | None:
    found = patterns.FORGET.match(unaddressed(s.text))
    if found is None or patterns.NOTHING.fullmatch(found["query"]):
        return None
    return Intent("forget", {"query": _unquoted(found["query"])})


def _calculate(s: Situation) -> Intent | None:
    found = patterns.CALCULATE.match(s.text)
    expression = found["expression"] if found else s.text.rstrip(" =?")
    try:
        value = evaluate(expression)
    except ZeroDivisionError:
        value = ""
    if value is None or (found is None and not re.search(r"[-+*/^%×÷(]", expression)):
        return None
    return Intent("calculate", {"expression": expression, "value": value})


def _list(s: Situation) -> Intent | None:
    found = patterns.LIST.search(s.text)
    if found is None or re.search(patterns.PATH, s.text.replace(found["in"] or "\0", "")):
        return None
    folder = found["dir"] or found["in"] or ""
    return Intent("list", {"path": "" if folder.lower() in _LIST_WORDS_THAT_ARE_NO_FOLDER else folder.rstrip(".")})


def _csv(s: Situation) -> Intent | None:
    if not patterns.ABOUT_DATA.search(patterns.CSV_PATH.sub("", s.text)):
        return None
    if named := patterns.CSV_PATH.search(s.text):
        path = next(group for group in named.groups() if group)
        known = next((a.path for a in s.earlier if a.name == path), path)
        return Intent("csv", {"path": known})
    earlier: Attachment | None = next((a for a in s.earlier if a.is_csv), None)
    return Intent("csv", {"path": earlier.path}) if earlier else None


def _read(s: Situation) -> Intent | None:
    found = patterns.READ.search(s.text)
    return Intent("read", {"path": _group(found)}) if found else None


def _help(s: Situation) -> Intent | None:
    return Intent("help") if not s.text or patterns.HELP.search(s.text) else None


_RULES: tuple[Callable[[Situation], Intent | None], ...] = (
    _tool, _code_block, _run, _attached, _remember, _recall, _forget, _edit, _note, _write, _fetch, _search, _calculate,
    _list, _csv, _read, _help,
)  # fmt: skip


# what begins with a word and carries content with it; the others would read pages of text for nothing
_RULES_FOR_LONG_TEXTS = (_tool, _code_block, _run, _attached, _note, _write)


def _group(found: re.Match[str]) -> str:
    """The path a pattern found, quoted in one way or another."""
    groups = found.groupdict()
    return next((groups[name] for name in ("p1", "p2", "p3", "p4") if groups.get(name)), "")


def _unquoted(text: str) -> str:
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] + stripped[-1] in ('""', "''", "``", "«»", "“”"):
        return stripped[1:-1]
    return stripped
