"""What a server is, wherever it was declared: in the file, or by somebody over the API."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, TypeAlias

import msgspec

from entourage.kit.json import encode

Transport: TypeAlias = Literal["stdio", "http", "sse"]
Balancing: TypeAlias = Literal["round_robin", "least_connections", "weighted"]

FILE_OWNER = "file"
"""Whom the pins of servers of the file belong to: nobody in particular."""


class Replica(msgspec.Struct, frozen=True):
    """One process or one address of a server. Texts may hold `${secret:NAME}`; they are filled in for each person."""

    weight: int = 1
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    folders: tuple[tuple[str, bool], ...] = ()
    """Folders of the host and whether they may be written."""
    has_network: bool = True
    url: str = ""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])

    @property
    def where(self) -> str:
        """For people: the command or the address, secrets as they were written."""
        return self.url or " ".join((self.command, *self.args))


class Override(msgspec.Struct, frozen=True):
    """How one tool is shown instead of how the server shows it."""

    name: str | None = None
    description: str | None = None
    arguments: Mapping[str, Any] = msgspec.field(default_factory=dict[str, Any])
    hidden: bool = False


class Definition(msgspec.Struct, frozen=True, dict=True):
    """A declared server. `owner_id` is None for one of the file."""

    id: str
    name: str
    title: str
    owner_id: str | None
    transport: Transport
    replicas: tuple[Replica, ...]
    balancing: Balancing = "round_robin"
    is_shared: bool = False
    enabled: bool = True
    idle_seconds: float | None = None
    timeout_seconds: float = 30
    overrides: Mapping[str, Override] = msgspec.field(default_factory=dict[str, Override])
    may_be_private: bool = False
    """Whether its addresses may be on loopback and private networks."""
    version: int = 1

    @cached_property
    def digest(self) -> str:
        """Another one when what is started or called is another one: running links are then replaced."""
        return _hash((self.id, self.name, self.transport, self.replicas, self.balancing, self.may_be_private))

    @cached_property
    def launch_digest(self) -> str:
        """Of the command or address alone: what a pin means by "the same server"."""
        return _hash([(one.command, one.args, one.url) for one in self.replicas])

    @property
    def pin_owner(self) -> str:
        return self.owner_id or FILE_OWNER

    def is_visible_to(self, owner_id: str) -> bool:
        return self.is_shared or self.owner_id == owner_id


def _hash(value: object) -> str:
    return hashlib.blake2b(encode(value), digest_size=16).hexdigest()
