"""What a file is: by its first bytes, and by its name only where bytes cannot tell."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from entourage.kit.zips import BROKEN
from entourage.memory.ingest.readers.encodings import is_text
from entourage.memory.ingest.readers.parts import Unreadable
from entourage.tools.syntax.languages import language_of

Type: TypeAlias = Literal["text", "markdown", "code", "pdf", "docx", "html", "csv", "json", "email", "image", "archive"]

IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.{0,2000}?-->\s*)*(<!doctype html|<html|<head|<body)", re.IGNORECASE | re.DOTALL
)
_MAIL = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_MAIL_MARKS = re.compile(
    rb"^(received|message-id|mime-version|return-path|delivered-to):", re.IGNORECASE | re.MULTILINE
)
_HEAD = 4_096

_BY_ENDING: dict[str, Type] = {
    **dict.fromkeys((".md", ".markdown", ".mdx", ".rst"), "markdown"),
    **dict.fromkeys((".csv", ".tsv", ".tab"), "csv"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson", ".geojson", ".ipynb"), "json"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".eml",), "email"),
}
_CODE = {
    *(".java", ".kt", ".kts", ".scala", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".cs", ".swift", ".m", ".mm", ".rb"),
    *(".php", ".pl", ".pm", ".lua", ".r", ".jl", ".ex", ".exs", ".erl", ".hs", ".ml", ".clj", ".dart", ".zig", ".nim"),
    *(".sql", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".xml", ".css", ".scss", ".less", ".vue", ".svelte"),
    *(".proto", ".graphql", ".tf", ".ps1", ".bat", ".fish", ".zsh", ".mk", ".cmake", ".gradle", ".tex", ".asm", ".s"),
}
_SHEBANG = re.compile(rb"#![^\n]*\b(python|node|bash|sh|deno|ts-node)\b")
_SHEBANG_LANGUAGES = {b"python": "python", b"node": "javascript", b"deno": "typescript", b"ts-node": "typescript"}


def type_of(name: str, data: bytes) -> Type:
    """The type. Raises Unreadable for what is empty, encrypted or of no kind that is read."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("empty", "There is nothing in it.")
    return _by_bytes(data) or _by_text(name, data)


def image_type(data: bytes) -> str | None:
    """The MIME type of a picture."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for mark, mime in IMAGES.items() if data.startswith(mark)), None)


def grammar_of(name: str, data: bytes) -> str | None:
    """The language whose grammar reads this code."""
    if known := language_of(name):
        return known
    shebang = _SHEBANG.match(data[:200])
    return _SHEBANG_LANGUAGES.get(shebang[1], "bash") if shebang else None


def _by_bytes(data: bytes) -> Type | None:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if data.startswith(_PACKED) or data[257:262] == b"ustar":
        return "archive"
    if image_type(data):
        return "image"
    if data.startswith(_OLE):
        raise _old_office(data)
    return None


def _by_text(name: str, data: bytes) -> Type:
    ending = PurePosixPath(name.lower()).suffix
    if not is_text(data):
        raise Unreadable("unsupported", f"It is a binary file{f' ({ending})' if ending else ''}, not one with text.")
    head = data[:_HEAD]
    if _HTML.match(head):
        return "html"
    if ending == ".eml" or (ending in ("", ".txt", ".msg") and _MAIL.match(head) and _MAIL_MARKS.search(head)):
        return "email"
    if known := _BY_ENDING.get(ending):
        return known
    if ending in _CODE or grammar_of(name, data) or PurePosixPath(name).name in ("Makefile", "Dockerfile"):
        return "code"
    return "text"


def _zipped(data: bytes) -> Type:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except BROKEN as error:
        raise Unreadable("corrupt", f"It is a ZIP that cannot be read: {str(error)[:120]}.") from None
    if "word/document.xml" in names:
        return "docx"
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise Unreadable("unsupported", "Spreadsheets, slides and books are not read: save it as PDF or CSV.")
    return "archive"


def _old_office(data: bytes) -> Unreadable:
    if _ENCRYPTED_OFFICE in data:
        return Unreadable("encrypted", "It is protected with a password: save it without one.")
    return Unreadable("unsupported", "It is of an old Office format: save it as DOCX or PDF.")
