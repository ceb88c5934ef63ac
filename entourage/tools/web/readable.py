"""HTML as text a model reads well: headings, lists, links and preformatted blocks stay, the rest is words.

A scanner of its own, because `html.parser` of Python 3.11 takes minutes for 120 kB of `<a <a <a`. Each character is
looked at a bounded number of times, whatever the page holds.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from urllib.parse import urljoin

MAX_TAG_CHARACTERS = 8_192
SKIPPED = {"script", "style", "noscript", "template", "svg", "textarea", "iframe", "object", "select"}
BLOCKS = {
    *("p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "table", "tr", "ul", "ol", "dl"),
    *(
        "dt",
        "dd",
        "blockquote",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "br",
        "hr",
        "address",
        "details",
        "summary",
    ),
}
HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}

_name = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_attribute = re.compile(r"(?<=[\s\"'/])(href|alt)\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++)", re.IGNORECASE)
_spaces = re.compile(r"[ \t\r\n\f]+")
_blank_lines = re.compile(r"\n{3,}")
_raw_end = {name: re.compile(f"</{name}", re.IGNORECASE) for name in SKIPPED | {"title"}}


class Readable(NamedTuple):
    """A page's title (may be empty) and its text."""

    title: str
    text: str


def readable(page: str, base_url: str) -> Readable:
    """The text of an HTML page; links are made absolute against `base_url` and written as `[words](url)`."""
    writer = _Writer(base_url)
    position = 0
    while (start := page.find("<", position)) >= 0:
        writer.words(page[position:start])
        position = _markup(page, start, writer)
    writer.words(page[position:])
    return Readable(writer.title, writer.finished())


def _markup(page: str, start: int, writer: _Writer) -> int:
    """Handle what begins with the `<` at `start`; where the text goes on."""
    if page.startswith("<!--", start):
        return _after(page, "-->", start + 4)
    name = _name.match(page, start + 1)
    if name is not None:
        return _tag(page, start, name[1].lower(), writer)
    if page[start + 1 : start + 2] in ("!", "?", "/"):
        return _after(page, ">", start)
    writer.words("<")
    return start + 1


def _tag(page: str, start: int, tag: str, writer: _Writer) -> int:
    end = _tag_end(page, start)
    if end < 0:
        return len(page)
    if page[start + 1] == "/":
        writer.close(tag)
    elif tag in _raw_end and page[end - 1] != "/":
        return _raw(page, end + 1, tag, writer)
    else:
        writer.open(tag, page[start : min(end, start + MAX_TAG_CHARACTERS)])
    return end + 1


def _after(page: str, mark: str, start: int) -> int:
    end = page.find(mark, start)
    return len(page) if end < 0 else end + len(mark)


def _tag_end(page: str, start: int) -> int:
    """The `>` that closes a tag; one inside quotes does not, as far as a few steps show."""
    end = page.find(">", start)
    for _ in range(4):
        if end < 0 or end - start > MAX_TAG_CHARACTERS:
            break
        tag = page[start:end]
        if tag.count('"') % 2 == 0:
            return end
        further = page.find(">", end + 1, start + MAX_TAG_CHARACTERS)
        if further < 0:
            return end
        end = further
    return end


def _raw(page: str, begin: int, tag: str, writer: _Writer) -> int:
    """Skip an element whose content is no text of the page; the first title is kept."""
    found = _raw_end[tag].search(page, begin)
    end = found.start() if found else len(page)
    if tag == "title" and not writer.title:
        writer.title = _spaces.sub(" ", html.unescape(page[begin : min(end, begin + 500)])).strip()
    if found is None:
        return end
    return _after(page, ">", end)


class _Writer:
    """Puts the text together."""

    def __init__(self, base_url: str) -> None:
        self.title = ""
        self._base_url = base_url
        self._pieces: list[str] = []
        self._links: list[str] = []
        self._preformatted = 0

    def words(self, raw: str) -> None:
        if not raw:
            return
        text = html.unescape(raw)
        self._pieces.append(text if self._preformatted else _spaces.sub(" ", text))

    def open(self, tag: str, source: str) -> None:
        if tag in HEADINGS:
            self._pieces.append(f"\n\n{HEADINGS[tag]} ")
        elif tag == "li":
            self._pieces.append("\n- ")
        elif tag in ("td", "th"):
            self._pieces.append(" | ")
        elif tag == "pre":
            self._preformatted += 1
            self._pieces.append("\n```\n")
        elif tag in BLOCKS:
            self._pieces.append("\n" if tag in ("br", "tr", "dd") else "\n\n")
        elif tag == "a":
            self._open_link(_attributes(source).get("href", ""))
        elif tag == "img":
            self._image(_attributes(source).get("alt", ""))

    def close(self, tag: str) -> None:
        if tag in HEADINGS or tag in BLOCKS:
            self._pieces.append("\n" if tag == "tr" else "\n\n")
        elif tag == "pre" and self._preformatted:
            self._preformatted -= 1
            self._pieces.append("\n```\n")
        elif tag == "a" and self._links:
            url = self._links.pop()
            self._pieces.append(f"]({url})" if url else "")

    def finished(self) -> str:
        while self._links:
            self.close("a")
        lines = (line.strip(" ") for line in "".join(self._pieces).split("\n"))
        return _blank_lines.sub("\n\n", "\n".join(lines)).strip()

    def _open_link(self, href: str) -> None:
        while self._links:
            self.close("a")
        url = self._absolute(href)
        self._links.append(url)
        if url:
            self._pieces.append("[")

    def _absolute(self, href: str) -> str:
        if href.startswith("#"):
            return ""
        try:
            url = urljoin(self._base_url, href.strip())
        except ValueError:
            return ""
        return url if url.startswith(("http://", "https://")) else ""

    def _image(self, alt: str) -> None:
        if alt.strip():
            self._pieces.append(f"[image: {_spaces.sub(' ', alt).strip()}]")


def _attributes(source: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _attribute.findall(source):
        bare = value[1:-1] if value[:1] in "\"'" else value
        found.setdefault(name.lower(), html.unescape(bare))
    return found
