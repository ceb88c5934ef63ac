"""The process that decodes pictures, documents, films and sounds, one by one, within bounds, until its input ends.

It is told of each by a line of JSON (`mime`, `size`) and the bytes, and answers a line of JSON; after a line with a
`picture` above 0 so many bytes of WebP follow. What takes too much ends the process (`ends`); another
is started.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from msgspec.structs import asdict

from entourage.artifacts.previews.made import Made, NoPreview
from entourage.kit.confinement import allow_cpu, confine

OUT_OF_MEMORY = 70


def main() -> int:
    """Make previews until there is nothing more. Arguments: bytes of memory, CPU seconds for each."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    _load()
    confine(memory_bytes)
    while line := source.readline():
        allow_cpu(cpu_seconds)
        asked = json.loads(line)
        if not _serve(str(asked["mime"]), source.read(int(asked["size"])), sink):
            return OUT_OF_MEMORY
    return 0


def _load() -> None:
    """Libraries are loaded before there is a bound on memory, and before there are bytes that could misuse them.

    All but FFmpeg, which would take every picture a fifth of a second.
    """
    import PIL.Image
    import pypdfium2

    PIL.Image.preinit()
    _ = pypdfium2.PdfDocument


def preview(mime: str, data: bytes) -> Made:
    """The preview of bytes of a format. Raises NoPreview."""
    if mime == "application/pdf":
        from entourage.artifacts.previews.pages import first_page

        return first_page(data)
    if mime.startswith("image/"):
        from entourage.artifacts.previews.pictures import thumbnail

        return thumbnail(data)
    if mime.startswith("video/"):
        from entourage.artifacts.previews.films import film

        return film(data, mime)
    if mime.startswith("audio/"):
        from entourage.artifacts.previews.sounds import sound

        return sound(data, mime)
    from entourage.artifacts.previews.words import document_words

    return document_words(data)


def _serve(mime: str, data: bytes, sink: BinaryIO) -> bool:
    """Answer one; False when there is no memory for another."""
    made, error, is_whole = Made(), "", True
    try:
        made = preview(mime, data)
    except NoPreview as why:
        error = str(why)
    except MemoryError:
        error, is_whole = "Showing it in small takes more memory than it may.", False
    except RecursionError:
        error = "It is nested too deep."
    except Exception as unforeseen:  # bytes that nobody foresaw must not end the previews of others
        error = f"It could not be read: {type(unforeseen).__name__}."
    answer: dict[str, Any] = {
        **asdict(made),
        "picture": len(made.picture),
        "error": error or None,
        "ends": not is_whole,
    }
    sink.write(json.dumps(answer).encode() + b"\n" + made.picture)
    sink.flush()
    return is_whole


if __name__ == "__main__":
    sys.exit(main())
