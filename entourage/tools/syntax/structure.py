"""The shape of a codebase: its folders, how much of which language is where, and what each file defines."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

import msgspec

from entourage.tools.syntax.languages import language_of
from entourage.tools.syntax.outline import outline

MOST_SOURCE_BYTES = 512 * 1024
MOST_NAMES = 12
MOST_FILES_TOLD = 400
SECONDS = 10.0
_TOP = 0

Read = Callable[[str], "bytes | None"]


class SourceFile(msgspec.Struct):
    """A file with its top-level definitions, as "kind name"."""

    path: str
    language: str
    size: int
    definitions: list[str] = msgspec.field(default_factory=list[str])


class Structure(msgspec.Struct):
    """What was found; `is_cut` when files were left out for their number, their size or the time they would take."""

    files: int = 0
    bytes: int = 0
    languages: Counter[str] = msgspec.field(default_factory=Counter[str])
    """Bytes of each language."""
    sources: list[SourceFile] = msgspec.field(default_factory=list[SourceFile])
    others: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    """How many other files each folder holds."""
    is_cut: bool = False


def structure(files: Sequence[tuple[str, int]], read: Read, *, with_definitions: bool = True) -> Structure:
    """Of (path, size) pairs; `read` gives a file's bytes or None. Takes some SECONDS at most."""
    found = Structure()
    until = time.monotonic() + SECONDS
    others: Counter[str] = Counter()
    for path, size in files:
        found.files += 1
        found.bytes += size
        language = language_of(path)
        if language is None:
            others[path.rpartition("/")[0]] += 1
            continue
        found.languages[language] += size
        source = SourceFile(path, language, size)
        found.sources.append(source)
        if not with_definitions:
            continue
        if size > MOST_SOURCE_BYTES or time.monotonic() > until:
            found.is_cut = True
            continue
        source.definitions = _definitions(read(path), language)
    found.others = dict(others)
    return found


def told(found: Structure) -> str:
    """A structure as a model reads it: folders in order, each with its files."""
    share = [f"{name} {round(size / 1024):,} kB" for name, size in found.languages.most_common()]
    lines = [f"{found.files:,} files, {found.bytes / 1024:,.0f} kB: {', '.join(share) or 'no source code'}"]
    by_folder: dict[str, list[SourceFile]] = defaultdict(list)
    for source in found.sources[:MOST_FILES_TOLD]:
        by_folder[source.path.rpartition("/")[0]].append(source)
    for folder in sorted({*by_folder, *found.others}):
        extra = found.others.get(folder, 0)
        lines.append(f"{folder or '.'}/" + (f"  (and {extra} other files)" if extra else ""))
        lines += [f"  {_line(source)}" for source in by_folder.get(folder, [])]
    if found.is_cut or len(found.sources) > MOST_FILES_TOLD:
        lines.append("[there is more than is told; name a folder]")
    return "\n".join(lines)


def _line(source: SourceFile) -> str:
    name = source.path.rsplit("/", 1)[-1]
    names = source.definitions[:MOST_NAMES]
    more = len(source.definitions) - len(names)
    said = ", ".join([*names, *([f"... {more} more"] if more > 0 else [])])
    return f"{name}: {said}" if said else name


def _definitions(source: bytes | None, language: str) -> list[str]:
    if source is None:
        return []
    return list(_tops((one.depth, f"{one.kind} {one.name}") for one in outline(source, language).definitions))


def _tops(definitions: Iterable[tuple[int, str]]) -> Iterable[str]:
    return (said for depth, said in definitions if depth == _TOP)
