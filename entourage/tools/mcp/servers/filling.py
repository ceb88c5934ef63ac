"""Filling `${secret:NAME}` in, for one person, out of their own vault."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from entourage.kit.errors import Unavailable
from entourage.kit.json import decode, encode
from entourage.tools.mcp.servers.definition import Replica

if TYPE_CHECKING:
    from entourage.accounts.vault import Vault
    from entourage.tools.mcp.links.link import JsonObject, OnLog, OnProgress

_MARK = re.compile(r"\$\{(secret|env):([A-Za-z0-9_.-]{1,100})\}")
T = TypeVar("T")

_REDACTED = "[redacted]"


class Secrets:
    """Values of the vault that one backend was given: taken out of whatever it says."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = tuple(sorted({value for value in values if len(value) > 3}, key=len, reverse=True))

    def out_of(self, text: str) -> str:
        """The text without them."""
        for value in self.values:
            if value in text:
                text = text.replace(value, _REDACTED)
        return text

    def out_of_data(self, data: T) -> T:
        """The same of JSON."""
        if not self.values or data is None:
            return data
        whole = encode(data)
        for value in self.values:
            # as it stands between quotes
            whole = whole.replace(encode(value)[1:-1], _REDACTED.encode())
        return decode(whole)

    def out_of_options(self, options: dict[str, Any]) -> dict[str, Any]:
        """The options of a request, whose listeners are told nothing of them."""
        if not self.values:
            return options
        changed = dict(options)
        log: OnLog | None = options.get("log")
        progress: OnProgress | None = options.get("progress")

        def logged(params: JsonObject) -> None:
            if log is not None:
                log(self.out_of_data(params))

        def moved(done: float, total: float | None, text: str | None) -> None:
            if progress is not None:
                progress(done, total, self.out_of(text) if text else text)

        if log is not None:
            changed["log"] = logged
        if progress is not None:
            changed["progress"] = moved
        return changed


def names_in(replicas: Iterable[Replica]) -> list[str]:
    """The names of the secrets that a server wants."""
    texts = (text for replica in replicas for text in _texts(replica))
    found = (name for text in texts for kind, name in _MARK.findall(text) if kind == "secret")
    return list(dict.fromkeys(found))


async def filled(replica: Replica, owner_id: str, vault: Vault, *, may_read_env: bool) -> tuple[Replica, Secrets]:
    """The replica as this person gets it. Raises Unavailable for a secret they do not have.

    `may_read_env`: whether `${env:NAME}` stands for a variable of the server's own, as it does in the file.
    """
    values: dict[tuple[str, str], str] = {}
    for text in _texts(replica):
        for kind, name in _MARK.findall(text):
            if (kind, name) not in values and (kind == "secret" or may_read_env):
                values[kind, name] = await _value(kind, name, owner_id, vault)

    def fill(text: str) -> str:
        return _MARK.sub(lambda match: values.get((match[1], match[2]), match[0]), text)

    whole = replace(
        replica,
        command=fill(replica.command),
        args=tuple(fill(one) for one in replica.args),
        env=_each(replica.env, fill),
        url=fill(replica.url),
        headers=_each(replica.headers, fill),
    )
    return whole, Secrets(values.values())


async def _value(kind: str, name: str, owner_id: str, vault: Vault) -> str:
    value = await vault.get(owner_id, name) if kind == "secret" else os.environ.get(name)
    if value is None:
        what, where = ("secret", f"/my/secrets/{name}") if kind == "secret" else ("variable", "the environment")
        raise Unavailable(
            f"This server needs the {what} {name!r}, which you do not have.", hint=f"Put it into {where}."
        )
    return value


def _texts(replica: Replica) -> Iterable[str]:
    yield from (replica.command, *replica.args, *replica.env.values(), replica.url, *replica.headers.values())


def _each(texts: Mapping[str, str], fill: Callable[[str], str]) -> dict[str, str]:
    return {name: fill(text) for name, text in texts.items()}
