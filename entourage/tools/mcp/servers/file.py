"""The YAML file of servers: read when it changes, whoever changed it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import structlog
from pydantic import ValidationError

from entourage.kit.errors import Invalid
from entourage.tools.mcp.servers.definition import Definition
from entourage.tools.mcp.servers.reading import definition_of_file
from entourage.tools.mcp.servers.schemas import Spec

logger = structlog.get_logger(__name__)

LOOK_SECONDS = 0.4
"""Clients hear of a change within a second of it."""

_GONE_LOOKS = 2

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}").fullmatch
_SECTIONS = ("servers", "mcpServers")
_MOST_BYTES = 4 * 1_048_576


def read_file(text: str) -> tuple[list[Definition], dict[str, str]]:
    """What it declares, and what is wrong with entries that are left out, by name. Raises Invalid for no YAML."""
    import yaml  # 20 ms, where a file is used

    try:
        found: object = yaml.safe_load(text) or {}
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid(f"The file of MCP servers is no YAML: {' '.join(str(error).split())[:300]}") from None
    definitions: list[Definition] = []
    problems: dict[str, str] = {}
    for name, entry in _entries(found):
        try:
            definitions.append(_definition(name, entry))
        except (ValueError, Invalid) as error:
            problems[name] = _told(error)
    return definitions, problems


def _entries(found: object) -> Iterator[tuple[str, object]]:
    if not isinstance(found, dict):
        raise Invalid("The file of MCP servers must be a map with the key `servers`.")
    top = cast("dict[str, object]", found)
    section = next((top[key] for key in _SECTIONS if key in top), None)
    if not isinstance(section, dict):
        raise Invalid("The file of MCP servers must have a map under `servers`.")
    return ((str(name), entry) for name, entry in cast("dict[object, object]", section).items())


def _definition(name: str, entry: object) -> Definition:
    if not _NAME(name) or "__" in name:
        raise ValueError("a name has letters, digits, `-` and single `_`, 40 of them at most")
    if not isinstance(entry, dict):
        raise Invalid("it must be a map")
    said = cast("Mapping[str, Any]", entry)
    fields: dict[str, Any] = {key: value for key, value in said.items() if key not in {"type", "shared"}}
    if (kind := said.get("type")) is not None:
        # as other programs call it in files of theirs
        fields.setdefault("transport", "http" if kind in {"http", "streamable-http", "streamableHttp"} else kind)
    definition = definition_of_file(name, Spec.model_validate(fields), is_shared=said.get("shared") is not False)
    check_complete(definition)
    return definition


def check_complete(definition: Definition) -> None:
    """Raises Invalid when a replica has nothing to start or to call."""
    for number, replica in enumerate(definition.replicas):
        wanted = "command" if definition.transport == "stdio" else "url"
        if not getattr(replica, wanted):
            where = f"replicas.{number}.{wanted}" if len(definition.replicas) > 1 else wanted
            raise Invalid(
                f"A server over {definition.transport} needs a {wanted}.",
                errors=[{"field": where, "message": f"needed for {definition.transport}"}],
            )


def _told(error: Exception) -> str:
    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong[:3])
    return str(error)


class Watched:
    """The file, looked at now and then. What cannot be read leaves all as it was, and so does a wrong entry its own."""

    def __init__(self, path: Path, take: Callable[[list[Definition]], None]) -> None:
        self._path = path
        self._take = take
        self._stamp: tuple[int, int, int] | None = None
        self._missed = 0
        self._last: dict[str, Definition] = {}

    async def watch(self) -> None:
        """Never returns."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self.look()
            except Exception:  # the next look is another chance
                logger.exception("mcp.file_failed", path=str(self._path))

    def look(self) -> None:
        """Read it if it is another one than at the last look."""
        stamp = self._stamped()
        if stamp is None:
            self._missing()
            return
        self._missed = 0
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            with self._path.open(encoding="utf-8") as file:
                definitions, problems = read_file(file.read(_MOST_BYTES))
        except (OSError, UnicodeDecodeError, Invalid) as error:
            logger.warning("mcp.file_unreadable", path=str(self._path), error=str(error))
            return
        found = {one.name: one for one in definitions}
        for name, problem in problems.items():
            logger.warning("mcp.file_entry", path=str(self._path), server=name, problem=problem)
            if name in self._last:
                found[name] = self._last[name]
        self._last = found
        self._take(list(found.values()))

    def _missing(self) -> None:
        """Many programs replace a file by taking it away for a moment."""
        self._missed += 1
        if self._missed == _GONE_LOOKS and self._last:
            self._stamp, self._last = None, {}
            self._take([])

    def _stamped(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino
