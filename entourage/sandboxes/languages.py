"""How a program given as text is started inside the sandbox."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from entourage.kit.errors import Invalid, Unavailable
from entourage.sandboxes.types import Language

# Where the sandbox sees the system's own programs: /usr is all it has of the host.
PROGRAM_FOLDERS = ("/usr/bin", "/usr/local/bin")
PROGRAMS: dict[Language, str] = {"python": "python3", "bash": "bash", "node": "node"}
MAX_CODE_BYTES = 1024 * 1024
# one argument of a command is at most 128 KiB (MAX_ARG_STRLEN)
MAX_ARGUMENT_BYTES = 131_071

_is_module = re.compile(r"^\s*(import\s*[\w{*\"']|export\s|(const|let|var)\s.*=\s*await\s|await\s)", re.MULTILINE)


class Program(NamedTuple):
    """A command, and the read-only files it needs inside."""

    argv: list[str]
    files: dict[str, bytes]


def program(language: Language, code: str, args: Sequence[str]) -> Program:
    """The command for `code`. Raises Unavailable when the system has no such interpreter under /usr."""
    text = code.encode(errors="surrogateescape")
    if len(text) > MAX_CODE_BYTES:
        raise Invalid(f"the program has {len(text):,} bytes; at most {MAX_CODE_BYTES:,} run", hint="Write it to files.")
    interpreter = find_interpreter(language)
    if language == "node":
        # evaluated, so that `require` and `import` start at the work folder
        if len(text) > MAX_ARGUMENT_BYTES:
            raise Invalid("a Node program given as text has at most 128 KiB", hint="Write it to a file and require it.")
        kind = ["--input-type=module"] if _is_module.search(code) else []
        return Program([interpreter, *kind, "-e", code, "--", *args], {})
    path = "/run/main.py" if language == "python" else "/run/main.sh"
    return Program([interpreter, path, *args], {path: text})


def find_interpreter(language: Language) -> str:
    """The interpreter's path, the same inside and outside. Raises Unavailable."""
    name = PROGRAMS[language]
    for folder in PROGRAM_FOLDERS:
        path = Path(folder, name)
        if path.exists() and path.resolve().is_relative_to("/usr"):
            return str(path)
    raise Unavailable(
        f"no {name} under /usr, so {language} code cannot run here", hint=f"Install {name} with the system's packages."
    )
