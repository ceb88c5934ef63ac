"""Where an answer comes from, as headers and accounting tell it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from entourage.kit.exchange import Header

_PLAIN = "/:@!$&'()*+,;=~-._"


class Source(NamedTuple):
    """A provider and its model; `provider_id` None for the models of the house."""

    provider_id: str | None
    provider_name: str
    provider_type: str
    model: str

    @property
    def headers(self) -> tuple[Header, ...]:
        """What the caller is told of it, percent-encoded where a name is not plain."""
        return _headers(self.provider_name, self.model)


def inner_source(model: str) -> Source:
    """That of a model of the house."""
    return Source(None, "entourage", "offline", model)


@lru_cache(maxsize=1000)
def _headers(provider_name: str, model: str) -> tuple[Header, ...]:
    return (
        (b"x-entourage-provider", quote(provider_name, safe=_PLAIN).encode()),
        (b"x-entourage-model", quote(model, safe=_PLAIN).encode()),
    )
