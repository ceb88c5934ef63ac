"""What the offline model knows of a conversation: the newest request, its files, and what its tools have answered."""

# ruff: noqa: RUF001  Russian and mathematical letters are meant

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from entourage.llm.inside.quotations import Quotation, unfenced
from entourage.llm.translate.neutral import Call, Message, Result, Text

Language = Literal["en", "pt", "ru"]

_ATTACHED = re.compile(r"^\[attached file: (?P<path>.+?) \((?P<mime>[\w.+-]+/[\w.+-]+)[^)]*\)\][ \t]*$", re.MULTILINE)
_TELLING_LETTERS = 2_000
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_PORTUGUESE = re.compile(
    r"[ãõç]|[áéíóúâêô]\w*\b|\b(?:o que|os|uma?|de|do|da|em|no|na|para|por|com|que|você|meus?|minhas?|quanto|quais|qual|"
    r"arquivos?|pasta|liste|listar|mostre|leia|abra|procure|busque|salve|escreva|grave|execute|rode|calcule|"
    r"olá|oi|obrigad[oa]|ajuda|nota|crie|faça|resuma|analise)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:the|an?|of|in|to|for|and|with|what|which|how|show|list|read|open|search|find|save|write|run|execute|"
    r"calculate|fetch|make|create|file|files|note|hello|hi|help|please|is|are|my)\b",
    re.IGNORECASE,
)


class Attachment(msgspec.Struct, frozen=True):
    """A file the user attached: its path in the working folder and its media type."""

    path: str
    mime: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_csv(self) -> bool:
        return self.mime in ("text/csv", "text/tab-separated-values") or self.name.lower().endswith((".csv", ".tsv"))

    @property
    def is_text(self) -> bool:
        return self.mime.startswith("text/") or self.mime in ("application/json", "application/xml", "application/yaml")


class Outcome(msgspec.Struct, frozen=True):
    """What one tool call came to."""

    tool: str
    ok: bool
    text: str


class Situation(msgspec.Struct, frozen=True):
    """The newest request without its attachment lines, and everything done for it so far."""

    text: str
    turn: int
    language: Language
    attachments: tuple[Attachment, ...]
    earlier: tuple[Attachment, ...]
    outcomes: tuple[Outcome, ...]
    offered: frozenset[str]
    recalled: tuple[Quotation, ...] = ()

    @property
    def failure(self) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if not outcome.ok), None)


def read_situation(messages: Sequence[Message], offered: Iterable[str]) -> Situation:
    """The situation in `messages`, the same for the same messages wherever and whenever it is read."""
    told = [(i, *unfenced(text)) for i, message in enumerate(messages) for text in _prompts_of(message)]
    prompts = [(i, text) for i, text, _ in told]
    newest, text = prompts[-1] if prompts else (0, "")
    files = [tuple(Attachment(m["path"], m["mime"]) for m in _ATTACHED.finditer(told)) for _, told in prompts]
    words = _ATTACHED.sub("", text).strip()
    spoken = next((told for _, told in reversed(prompts) if _ATTACHED.sub("", told).strip()), "")
    return Situation(
        text=words,
        turn=len(prompts),
        language=language_of(_ATTACHED.sub("", spoken)),
        attachments=files[-1] if files else (),
        earlier=tuple(file for turn in reversed(files[:-1]) for file in turn),
        outcomes=tuple(_outcomes(messages[newest:])),
        offered=frozenset(offered),
        recalled=tuple(told[-1][2]) if told else (),
    )


def language_of(text: str) -> Language:
    """English, Portuguese or Russian, whichever the words look most like; English when nothing tells."""
    text = text[:_TELLING_LETTERS]
    if len(_CYRILLIC.findall(text)) * 2 > len(_LATIN.findall(text)):
        return "ru"
    return "pt" if len(_PORTUGUESE.findall(text)) > len(_ENGLISH.findall(text)) else "en"


def _prompts_of(message: Message) -> Iterator[str]:
    """What a person said in it; a message that only gives results of tools says nothing."""
    texts = [part.text for part in message.parts if isinstance(part, Text)] if message.role == "user" else []
    if texts:
        yield "\n".join(texts)


def _outcomes(messages: Sequence[Message]) -> Iterator[Outcome]:
    names = {part.id: part.name for message in messages for part in message.parts if isinstance(part, Call)}
    for message in messages:
        for part in message.parts:
            if isinstance(part, Result) and part.call_id in names:
                text = "\n".join(shown.text for shown in part.parts if isinstance(shown, Text))
                yield Outcome(names[part.call_id], not part.is_error, text)
