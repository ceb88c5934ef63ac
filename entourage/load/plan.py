"""What to send, for how long, and to whom: every bound in one place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_RATE, MAX_SENDERS, MAX_LISTENERS, MAX_SECONDS, MAX_BATCH = 200_000, 512, 5000, 600, 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """One run of the generator. `rate` is in events a second, 0 for as many as go through.

    Raises ValueError for what is out of bounds.
    """

    url: str
    token: str
    rate: int = 0
    senders: int = 16
    listeners: int = 0
    seconds: float = 10.0
    batch: int = 1
    body_bytes: int = 400
    stalled: int = 0
    """Listeners that never read."""

    def __post_init__(self) -> None:
        for name, value, most in (
            ("rate", self.rate, MAX_RATE),
            ("clients", self.senders, MAX_SENDERS),
            ("listeners", self.listeners + self.stalled, MAX_LISTENERS),
            ("seconds", self.seconds, MAX_SECONDS),
            ("batch", self.batch, MAX_BATCH),
        ):
            if not 0 <= value <= most:
                raise ValueError(f"{name} must be between 0 and {most}, not {value}")
        if self.senders < 1 or self.batch < 1 or self.seconds <= 0:
            raise ValueError("clients, batch and seconds must be above 0")
        if urlsplit(self.url).scheme != "http":
            raise ValueError(f"the load generator speaks plain http, not {self.url!r}")

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "127.0.0.1", parts.port or 80
