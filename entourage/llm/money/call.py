"""A model call as accounting sees it: who pays, what it took, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec

if TYPE_CHECKING:
    from entourage.llm.translate.errors import Dialect

Status: TypeAlias = Literal["ok", "failed", "cut", "cancelled"]
CacheWord: TypeAlias = Literal["hit", "miss", "bypass"]

GATEWAY = "gateway"
"""The source of events of calls through the doors."""

AGENT = "agent"
"""A spender's source when the call belongs to a run of ours, which stores the event itself."""


class Tokens(NamedTuple):
    """What a call took. `input` includes what was `cached` and `cache_write`; `output` includes `reasoning`."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0


class Spender(msgspec.Struct, frozen=True):
    """Whose money and whose limits a call counts against. `key_id` None: the person's session, or the team itself.

    A rate of None is not limited; agents of ours are bounded elsewhere.
    """

    owner_id: str
    key_id: str | None = None
    agent: str | None = None
    session_id: str | None = None
    run_id: str | None = None
    workspace: str | None = None
    source: str = GATEWAY
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


class Call(msgspec.Struct):
    """A call that has ended. `id` is that of its usage event: settling it again changes nothing.

    `model` is the provider's name of it, `alias` the one that was asked for where that is another.
    """

    id: str
    dialect: Dialect | None
    door: str
    provider_id: str | None
    provider_name: str
    provider_type: str
    model: str
    tokens: Tokens
    latency_ms: int
    alias: str | None = None
    first_token_ms: int | None = None
    status: Status = "ok"
    error: str | None = None
    cache: CacheWord | None = None
    attempts: int = 1
    estimated: bool = False
    is_attempt: bool = False
    """Whether another candidate is asked after it: the admission stays open."""
