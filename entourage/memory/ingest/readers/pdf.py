"""PDF, page by page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from entourage.memory.ingest.readers.parts import File, Part, Unreadable, clean

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 3_000
_END_BYTES = 4_096


def read_pdf(file: File) -> Iterator[Part]:
    """The text of each page. Raises Unreadable for passwords, damage, and pages that are only pictures."""
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if b"%%EOF" not in file.data[-_END_BYTES:]:
        raise Unreadable("corrupt", "The PDF was cut off: its end is missing.")
    try:
        yield from _pages(file)
    except LimitReachedError:
        raise Unreadable("bomb", "The PDF unpacks to far more than it is.") from None
    except (DependencyError, NotImplementedError):
        raise Unreadable("encrypted", "The PDF is encrypted in a way that is not read here.") from None
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        # whatever a hostile structure makes of the parser
        raise Unreadable("corrupt", f"The PDF is damaged: {str(error)[:120] or type(error).__name__}.") from None


def _pages(file: File) -> Iterator[Part]:
    reader = _opened(file.data)
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable("too_large", f"The PDF has {len(reader.pages):,} pages; at most {MAX_PAGES:,} are read.")
    metadata = reader.metadata
    file.title = clean(str(metadata.title or "")).strip()[:200] if metadata else ""
    has_text = False
    for number, page in enumerate(reader.pages, 1):
        text = clean(page.extract_text())
        if text.strip():
            has_text = True
            yield Part(text, page=number)
    if not has_text:
        raise Unreadable("no_text", "The PDF has no text: its pages are pictures.")


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("encrypted", "The PDF is protected with a password: save it without one.")
    return reader
