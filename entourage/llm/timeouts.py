"""How long to wait for providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import httpx2

    from entourage.settings import Settings


class Timeouts(msgspec.Struct, frozen=True):
    """How long each wait may be. Models that think may take long for the first byte, not between two."""

    connect_seconds: float = 10
    first_byte_seconds: float = 180
    between_bytes_seconds: float = 90

    @classmethod
    def of(cls, settings: Settings) -> Timeouts:
        """As the operator set them."""
        return cls(
            settings.provider_connect_seconds,
            settings.provider_first_byte_seconds,
            settings.provider_between_bytes_seconds,
        )

    def as_httpx(self) -> httpx2.Timeout:
        import httpx2

        return httpx2.Timeout(self.between_bytes_seconds, connect=self.connect_seconds)
