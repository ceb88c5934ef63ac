"""The child process that reads untrusted files: one after the other, each within bounds, until its input ends.

It is told of a file by a line of JSON and the file's bytes, and answers lines of JSON, the last of them with `done` or
`error`; after a line with `member` the bytes of that member follow. A file that takes too much ends the process: its
parent starts another.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

from entourage.kit.confinement import allow_cpu, confine
from entourage.memory.ingest.readers.parts import OUT_OF_MEMORY, OUT_OF_TIME, File, Member, Unreadable
from entourage.memory.ingest.readers.reading import read


def main() -> int:
    """Read files until there are no more. Arguments: bytes of memory, CPU seconds a file."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    confine(memory_bytes, out_of_time=OUT_OF_TIME)
    while line := source.readline():
        allow_cpu(cpu_seconds)
        if not _serve(json.loads(line), source, sink):
            return OUT_OF_MEMORY
    return 0


def _serve(asked: dict[str, Any], source: BinaryIO, sink: BinaryIO) -> bool:
    """Answer one file; False when there is no memory for another."""
    try:
        data = source.read(asked["size"])
        file = File(asked["name"], data, asked["base_url"])
        for answer in read(file, asked["tokens"], asked["overlap"]):
            if isinstance(answer, Member):
                error = {"code": answer.error.code, "detail": answer.error.detail} if answer.error else None
                _tell(sink, {"member": {"name": answer.name, "size": len(answer.data), "error": error}}, answer.data)
            else:
                _tell(sink, answer)
    except Unreadable as why:
        _tell(sink, {"error": {"code": why.code, "detail": why.detail}})
    except MemoryError:
        _tell(sink, {"error": {"code": "bomb", "detail": "It takes more memory than a file may."}})
        return False
    except RecursionError:
        _tell(sink, {"error": {"code": "bomb", "detail": "It is nested too deep."}})
    except Exception as error:  # a file that no reader foresaw must not end the others
        detail = f"It could not be read: {type(error).__name__}."
        _tell(sink, {"error": {"code": "unknown", "detail": detail}})
    return True


def _tell(sink: BinaryIO, answer: dict[str, Any], data: bytes = b"") -> None:
    sink.write(json.dumps(answer).encode() + b"\n")
    sink.write(data)
    if "done" in answer or "error" in answer:
        sink.flush()


if __name__ == "__main__":
    sys.exit(main())
