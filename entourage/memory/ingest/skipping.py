"""Which files of a folder are not worth reading: what its .gitignore leaves out, and what tools put there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", ".idea", ".vscode", ".venv", "venv", "node_modules", "__pycache__", ".mypy_cache"),
        *(
            ".ruff_cache",
            ".pytest_cache",
            ".tox",
            ".nox",
            ".next",
            ".nuxt",
            ".gradle",
            ".terraform",
            ".cache",
            "target",
        ),
        *("bower_components", "site-packages", ".eggs", "coverage", ".nyc_output", "__MACOSX", "DerivedData", "Pods"),
    }
)
NAMES = (
    *(
        "*.min.js",
        "*.min.css",
        "*.map",
        "*.lock",
        "package-lock.json",
        "pnpm-lock.yaml",
        "go.sum",
        ".DS_Store",
        "*.pyc",
    ),
    *("Thumbs.db", "*.log", "*.tmp", "*.swp", ".env", ".env.*", "*.pem", "*.key", "id_rsa*", "id_ed25519*"),
)
"""Generated files, and files with secrets: nobody wants those found by a search."""

BINARY = frozenset(
    {
        *(
            ".exe",
            ".dll",
            ".so",
            ".dylib",
            ".a",
            ".o",
            ".obj",
            ".class",
            ".jar",
            ".war",
            ".wasm",
            ".bin",
            ".dat",
            ".db",
        ),
        *(
            ".sqlite",
            ".sqlite3",
            ".woff",
            ".woff2",
            ".ttf",
            ".otf",
            ".eot",
            ".ico",
            ".mp3",
            ".mp4",
            ".mov",
            ".avi",
            ".mkv",
        ),
        *(
            ".webm",
            ".wav",
            ".flac",
            ".ogg",
            ".zip",
            ".gz",
            ".tgz",
            ".bz2",
            ".xz",
            ".7z",
            ".rar",
            ".whl",
            ".iso",
            ".dmg",
        ),
        *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tiff", ".svg", ".psd", ".pack", ".idx", ".pkl", ".npy"),
    }
)
MAX_PATTERNS = 500
MAX_STARS = 6

_NOTHING = re.compile(r"(?!)")
_WILD = {"*": "[^/]*", "?": "[^/]"}
_CLASS = re.compile(r"\[[\w.-]+\]")


class Skipping:
    """Rules for the files below one folder. Give it the .gitignore files first."""

    def __init__(self) -> None:
        self._rules: list[tuple[str, re.Pattern[str], bool, bool]] = []

    def add_gitignore(self, folder: str, text: str) -> None:
        """The rules of a .gitignore in `folder` ('' for the top)."""
        for line in text.splitlines()[:MAX_PATTERNS]:
            pattern = line.strip()
            if pattern and not pattern.startswith("#"):
                is_kept, pattern = pattern.startswith("!"), pattern.removeprefix("!")
                only_folders, pattern = pattern.endswith("/"), pattern.rstrip("/")
                self._rules.append((folder, _compiled(pattern), is_kept, only_folders))

    def skips(self, path: str) -> bool:
        """Whether this file is left out."""
        parts = path.split("/")
        return (
            any(part in FOLDERS for part in parts[:-1])
            or any(_compiled(pattern).fullmatch(parts[-1]) for pattern in NAMES)
            or any(parts[-1].lower().endswith(ending) for ending in BINARY)
            or self._is_ignored(parts)
        )

    def _is_ignored(self, parts: Sequence[str]) -> bool:
        """The last rule that matches the path or a folder above it decides."""
        for depth in range(1, len(parts) + 1):
            ignored = False
            for folder, pattern, is_kept, only_folders in self._rules:
                here = _below(folder, parts[:depth])
                if here and (depth < len(parts) or not only_folders) and pattern.fullmatch(here):
                    ignored = not is_kept
            if ignored:
                return True
        return False


def _below(folder: str, parts: Sequence[str]) -> str:
    path = "/".join(parts)
    if not folder:
        return path
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else ""


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A glob of .gitignore: without a slash inside it matches at any depth; `*` stays within a name, `**` does not."""
    if pattern.count("*") > MAX_STARS:  # a regular expression of it could take for ever
        return _NOTHING
    pieces = [".*" if part == "**" else _name(part) for part in pattern.strip("/").split("/")]
    body = "/".join(pieces).replace(".*/", "(?:.*/)?")
    return re.compile(body if "/" in pattern else f"(?:.*/)?{body}", re.DOTALL)


def _name(glob: str) -> str:
    """One component of a glob as a regular expression."""
    return "".join(
        _WILD.get(piece) or (piece if _CLASS.fullmatch(piece) else re.escape(piece)) for piece in _split(glob)
    )


def _split(glob: str) -> list[str]:
    return re.findall(r"\*+|\?|\[[\w.-]+\]|.", glob.replace("**", "*"))
