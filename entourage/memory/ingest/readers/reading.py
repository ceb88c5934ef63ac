"""One file from bytes to chunks: what it is, what its reader gives, cut within the budget."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, cast

from entourage.memory.ingest.chunking import split
from entourage.memory.ingest.readers.kinds import Type, image_type, type_of
from entourage.memory.ingest.readers.parts import File, Member, Part, Reader, Unreadable
from entourage.memory.ingest.tokens import estimated_tokens
from entourage.memory.language import language_of

MAX_CHUNKS = 10_000

_READERS: dict[Type, tuple[str, str]] = {
    "text": ("plain", "read_text"),
    "markdown": ("plain", "read_markdown"),
    "code": ("plain", "read_code"),
    "html": ("plain", "read_html"),
    "pdf": ("pdf", "read_pdf"),
    "docx": ("docx", "read_docx"),
    "csv": ("rows", "read_csv"),
    "json": ("rows", "read_json"),
    "email": ("mail", "read_email"),
    "archive": ("archive", "read_archive"),
}


def read(file: File, tokens: int, overlap: int) -> Iterator[dict[str, Any] | Member]:
    """Chunks as plain dictionaries, or members of an archive; at the end what is known of the whole.

    Raises Unreadable.
    """
    type_ = type_of(file.name, file.data)
    if type_ == "image":
        yield {"done": {"type": type_, "mime": image_type(file.data), "title": "", "language": None, "skipped": 0}}
        return
    sample, count = "", 0
    for part in _reader(type_)(file):
        if isinstance(part, Member):
            yield part
            continue
        sample = sample or (part.text if type_ != "code" else "")
        for chunk in _chunks(part, file.grammar, tokens, overlap):
            count += 1
            if count > MAX_CHUNKS:
                raise Unreadable("too_large", f"It has more than {MAX_CHUNKS:,} parts: split it.")
            yield chunk
    if not count and type_ != "archive":
        raise Unreadable("no_text", "No text was found in it.")
    language = file.grammar if type_ == "code" else language_of(sample)
    yield {"done": {"type": type_, "mime": None, "title": file.title, "language": language, "skipped": file.skipped}}


def _reader(type_: Type) -> Reader:
    module, name = _READERS[type_]
    return cast("Reader", getattr(import_module(f"entourage.memory.ingest.readers.{module}"), name))


def _chunks(part: Part, grammar: str | None, tokens: int, overlap: int) -> Iterator[dict[str, Any]]:
    cut = split(part.text, estimated_tokens, tokens=tokens, overlap=overlap, kind=part.kind, language=grammar)
    for chunk in cut:
        yield {
            "chunk": {
                "text": chunk.text,
                "line": chunk.line + part.line - 1,
                "page": part.page,
                "headings": list(chunk.headings),
            }
        }
