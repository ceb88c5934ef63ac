"""The first page and the words of PDFs, by PDFium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from entourage.artifacts.previews.made import EDGE_PIXELS, MAX_PAGES_READ, MAX_TEXT_BYTES, Made, NoPreview
from entourage.artifacts.previews.pictures import as_webp

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_MOST_POINTS = 20_000.0


def first_page(data: bytes) -> Made:
    """A PDF's first page in small, and its words. Raises NoPreview for what is none, or is locked."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
        count = len(document)
        if count == 0:
            raise NoPreview("The document has no pages.")
        page = document[0]
        return Made(text=_words(document, count), pages=count, picture=_drawn(page))
    except PdfiumError as error:
        raise NoPreview("The document cannot be opened: it is damaged, or locked by a password.") from error


def _drawn(page: PdfPage) -> bytes:
    width, height = page.get_size()
    if not (0 < width < _MOST_POINTS and 0 < height < _MOST_POINTS):
        return b""
    bitmap = cast("Any", page).render(scale=EDGE_PIXELS / max(width, height))
    return as_webp(bitmap.to_pil())


def _words(document: PdfDocument, count: int) -> str:
    parts: list[str] = []
    size = 0
    for number in range(min(count, MAX_PAGES_READ)):
        text = str(cast("Any", document[number].get_textpage()).get_text_range())
        parts.append(text)
        size += len(text)
        if size > MAX_TEXT_BYTES:
            break
    return "\n".join(parts).replace("\r\n", "\n")[:MAX_TEXT_BYTES]
