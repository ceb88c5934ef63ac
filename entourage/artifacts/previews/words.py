"""The words of Word documents (docx): text of one file in an archive, read as far as it may."""

from __future__ import annotations

import html
import io
import re
import zipfile

from entourage.artifacts.previews.made import MAX_TEXT_BYTES, Made, NoPreview
from entourage.kit.zips import BROKEN

_DOCUMENT = "word/document.xml"
_MOST_XML_BYTES = 16 * 1_048_576
_PARAGRAPH_END = re.compile(r"</w:p>|<w:br\b[^<>]{0,200}/?>|<w:tab\b[^<>]{0,200}/?>")
_TAG = re.compile(r"<[^<>]{0,4000}>")


def document_words(data: bytes) -> Made:
    """What stands in the document. Raises NoPreview for what is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(_DOCUMENT) as file:
            xml = file.read(_MOST_XML_BYTES).decode(errors="replace")
    except (*BROKEN, KeyError) as error:
        raise NoPreview("It is no Word document, or a damaged one.") from error
    return Made(text=html.unescape(_TAG.sub("", _PARAGRAPH_END.sub("\n", xml)))[:MAX_TEXT_BYTES].strip())
