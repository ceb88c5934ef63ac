"""DOCX: headings, paragraphs, lists, tables and notes as Markdown.

Read with the XML parser of the standard library: a library for DOCX would bring a whole tree of the document and an XML
parser in C of its own for what is a page of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from entourage.memory.ingest.readers.parts import File, Part, Unreadable, clean
from entourage.memory.ingest.readers.zipped import member, opened

MAX_XML_BYTES = 64 * 1_048_576
_TEXTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_STYLES = "word/styles.xml"
_HEADING_NAME = re.compile(r"heading ([1-6])$", re.IGNORECASE)
_OUTLINE_LEVELS = 6


def read_docx(file: File) -> Iterator[Part]:
    """The whole text; headings are marked by #."""
    with opened(file.data) as archive:
        known = {info.filename: info for info in archive.infolist()}
        sizes = sum(known[name].file_size for name in (*_TEXTS, _STYLES) if name in known)
        if sizes > MAX_XML_BYTES:
            raise Unreadable("bomb", f"It unpacks to more than {MAX_XML_BYTES:,} bytes.")
        styles = _Styles()
        if _STYLES in known:
            _parse(member(archive, known[_STYLES], MAX_XML_BYTES), styles)
        texts: list[str] = []
        for name in _TEXTS:
            if name in known:
                writer = _Writer(styles.levels)
                _parse(member(archive, known[name], MAX_XML_BYTES), writer)
                texts.append(writer.text())
    text = clean("\n\n".join(filter(None, texts)))
    if not text.strip():
        raise Unreadable("no_text", "The document has no text.")
    yield Part(text, "markdown")


class _Handler:
    """Told of each element without its namespace."""

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def words(self, text: str) -> None: ...


def _parse(data: bytes, handler: _Handler) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        handler.begin(_local(name), {_local(key): value for key, value in attributes.items()})

    def refuse(*_: Any) -> None:
        raise Unreadable("bomb", "It declares XML entities, which no DOCX needs.")

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda name: handler.end(_local(name))
    parser.CharacterDataHandler = handler.words
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unreadable("corrupt", f"The document's XML is damaged: {error}.") from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


@dataclass
class _Styles(_Handler):
    """Which styles are headings: their ids are of the language it was written with, their names are not."""

    levels: dict[str, int] = field(default_factory=dict[str, int])
    _style: str = ""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("styleId", "")
        elif name == "name" and (match := _HEADING_NAME.fullmatch(attributes.get("val", ""))):
            self.levels[self._style] = int(match[1])


class _Writer(_Handler):
    """Collects paragraphs; those within a cell of a table stand on its row."""

    def __init__(self, levels: dict[str, int]) -> None:
        self._levels = levels
        self._blocks: list[str] = []
        self._words: list[str] = []
        self._cells: list[list[str]] = []
        self._prefix = ""
        self._in_text = 0
        self._tables = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "t":
                self._in_text += 1
            case "tab":
                self._words.append("\t")
            case "br" | "cr":
                self._words.append("\n")
            case "pStyle":
                level = self._levels.get(attributes.get("val", ""))
                self._prefix = f"{'#' * level} " if level else self._prefix
            case "outlineLvl" if (level := attributes.get("val", "")).isdigit() and int(level) < _OUTLINE_LEVELS:
                self._prefix = f"{'#' * (int(level) + 1)} "
            case "numPr":
                self._prefix = self._prefix or "- "
            case "tbl":
                self._tables += 1
            case "tr":
                self._cells.append([])
            case "tc" if self._cells:
                self._cells[-1].append("")
            case _:
                pass

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text -= 1
        elif name == "p":
            self._paragraph()
        elif name == "tr" and self._cells:
            self._row(self._cells.pop())
        elif name == "tbl":
            self._tables -= 1

    def words(self, text: str) -> None:
        if self._in_text:
            self._words.append(text)

    def text(self) -> str:
        """All of it. Rows of a table and items of a list stand close."""
        pieces: list[str] = []
        for block, before in zip(self._blocks, ["", *self._blocks], strict=False):
            is_close = block[:2] == before[:2] and block[:2] in ("- ", "| ")
            pieces += ["\n" if is_close else "\n\n" if before else "", block]
        return "".join(pieces)

    def _paragraph(self) -> None:
        text, prefix = "".join(self._words).strip(), self._prefix
        self._words.clear()
        self._prefix = ""
        if not text:
            return
        if self._cells and self._cells[-1]:
            self._cells[-1][-1] = f"{self._cells[-1][-1]} {' '.join(text.split())}".strip()
        else:
            self._blocks.append(prefix + (" ".join(text.split()) if prefix.startswith("#") else text))

    def _row(self, cells: list[str]) -> None:
        if not any(cells):
            return
        if self._cells and self._cells[-1]:  # a table within a cell
            self._cells[-1][-1] = f"{self._cells[-1][-1]} {'; '.join(filter(None, cells))}".strip()
        else:
            self._blocks.append(f"| {' | '.join(cells)} |")
