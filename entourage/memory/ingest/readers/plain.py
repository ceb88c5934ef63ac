"""Text, Markdown, code and HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entourage.memory.ingest.readers.encodings import decoded
from entourage.memory.ingest.readers.kinds import grammar_of
from entourage.memory.ingest.readers.parts import File, Part, Unreadable, clean

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|(iso-?8859|windows|cp|koi8)-?[\w-]*|shift[_-]jis|euc-(jp|kr)|gb(k|2312|18030)|big5"
)


def read_text(file: File) -> Iterator[Part]:
    """The whole text."""
    yield Part(decoded(file.data))


def read_markdown(file: File) -> Iterator[Part]:
    """The whole text; its first heading is the title."""
    text = decoded(file.data)
    heading = re.search(r"^#\s+(.{1,200}?)\s*#*$", text[:20_000], re.MULTILINE)
    file.title = heading[1] if heading else ""
    yield Part(text, "markdown")


def read_code(file: File) -> Iterator[Part]:
    """The whole source."""
    file.grammar = grammar_of(file.name, file.data)
    yield Part(decoded(file.data), "code")


def read_html(file: File) -> Iterator[Part]:
    """What a reader of the page sees; links are kept."""
    from entourage.tools.web.readable import readable

    page = readable(_page(file.data), file.base_url)
    file.title = clean(page.title).strip()[:200]
    if not page.text.strip():
        raise Unreadable("no_text", "The page has no text of its own: it is made by a program in the browser.")
    yield Part(clean(page.text), "markdown")


def _page(data: bytes) -> str:
    declared = _CHARSET.search(data[:2048])
    name = declared[1].decode().lower() if declared else ""
    if _CHARSETS.fullmatch(name) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(name, "replace")
        except LookupError:
            pass
    return decoded(data)
