"""A live sandbox as the server holds it: when it expires, who uses it, what it has cost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from entourage.kit.clock import now_ms
from entourage.sandboxes.live.base import Live
from entourage.sandboxes.types import Limits

IDLE_SECONDS = 900.0


class NewSandbox(msgspec.Struct, frozen=True):
    """What is to be made.

    `timeout_seconds` counts from the last use; with `renewed_by_use` off, from the start or the last `set_timeout`.
    `work_folder` None gives it an empty folder that goes with it.
    """

    work_folder: Path | None = None
    writable: bool = True
    workspace_id: str | None = None
    chat_id: str | None = None
    timeout_seconds: float = IDLE_SECONDS
    renewed_by_use: bool = True
    on_expiry: Literal["kill", "pause"] = "kill"
    env: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    metadata: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    network: tuple[str, ...] = ()
    limits: Limits | None = None
    backend: str | None = None
    writable_root: bool = False


class Held:
    """A sandbox that runs or is paused in this process.

    `asleep`: it was paused when the server was started anew. `stays`: it will be, as the server is stopping.
    `changing` is held while it is paused or resumed.
    """

    def __init__(self, live: Live, new: NewSandbox, usd_per_hour: Decimal) -> None:
        now = time.monotonic()
        self.live = live
        self.new = new
        self.usd_per_hour = usd_per_hour
        self.created_ms = now_ms()
        self.timeout_seconds = new.timeout_seconds
        self.because: str | None = None
        self.paused = False
        self.asleep = False
        self.stays = False
        self.changing = asyncio.Lock()
        self.forgetting: asyncio.Task[None] | None = None
        self.used_at = now
        self._deadline = now + new.timeout_seconds
        self._users = 0
        self._running_since = now
        self._seconds = 0.0

    @property
    def id(self) -> str:
        return self.live.id

    @property
    def owner_id(self) -> str:
        return self.live.owner_id

    @property
    def in_use(self) -> bool:
        """Whether somebody uses it right now."""
        return self._users > 0

    @property
    def seconds(self) -> float:
        """How long it ran, without pauses."""
        return self._seconds + (0.0 if self.paused else time.monotonic() - self._running_since)

    @property
    def expires_ms(self) -> int:
        """When it ends if nothing happens."""
        return now_ms() + round(1000 * max(0.0, self._deadline - time.monotonic()))

    def expired(self, now: float) -> bool:
        """Whether its time is up; never while somebody uses it and that counts."""
        return now >= self._deadline and not (self._users and self.new.renewed_by_use)

    def use(self) -> None:
        """Somebody used it just now."""
        self.used_at = time.monotonic()
        if self.new.renewed_by_use and not self.paused:
            self._deadline = time.monotonic() + self.timeout_seconds

    @contextmanager
    def used(self) -> Generator[None]:
        """Somebody uses it for as long as the block lasts."""
        self._users += 1
        self.use()
        try:
            yield
        finally:
            self._users -= 1
            self.use()

    def stay(self, seconds: float) -> None:
        """Stay so long from now on."""
        self.timeout_seconds = seconds
        self._deadline = time.monotonic() + seconds

    def pause(self, kept_seconds: float) -> None:
        """It stands still from now on, and is kept so long."""
        self._seconds = self.seconds
        self.paused = True
        self._deadline = time.monotonic() + kept_seconds

    def recall(self, *, created_ms: int, seconds: float, expires_ms: int) -> None:
        """It was paused before this start of the server: its files are there, its processes are not."""
        self.created_ms = created_ms
        self._seconds = seconds
        self.paused = self.asleep = True
        self._deadline = time.monotonic() + (expires_ms - now_ms()) / 1000

    def wake(self, live: Live) -> None:
        """Its files and settings are in another sandbox now, which runs."""
        self.live = live
        self.asleep = False

    def resume(self) -> None:
        """It runs again."""
        self._running_since = time.monotonic()
        self.paused = False
        self.stay(self.timeout_seconds)


def cost_usd(seconds: float, usd_per_hour: Decimal) -> Decimal:
    """What so much running costs."""
    return (Decimal(repr(round(seconds, 3))) * usd_per_hour / 3600).quantize(Decimal("0.000001"))
