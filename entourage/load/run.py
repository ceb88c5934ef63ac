"""One run: listeners first, then senders, then a moment for what is on its way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from entourage.load.listening import Heard, listen
from entourage.load.plan import Plan
from entourage.load.posting import Sent, send

SETTLE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a run. Latencies in milliseconds; `delivery_*` from sending an event to its arrival."""

    seconds: float
    accepted: int
    refused: dict[int, int]
    events_per_second: float
    post_p50_ms: float
    post_p99_ms: float
    delivered_share: float | None
    """Of what the sampled listeners should have got."""
    delivery_p50_ms: float | None
    delivery_p99_ms: float | None
    delivered_mb: float
    gaps: int

    def document(self) -> dict[str, object]:
        return asdict(self)


async def run(plan: Plan) -> Report:
    """Play the plan. Raises OSError when the server cannot be reached."""
    sent, heard = Sent(), Heard()
    listeners = await listen(plan, heard)
    began = time.perf_counter()
    try:
        await send(plan, sent)
        seconds = time.perf_counter() - began
        if listeners:
            await asyncio.sleep(SETTLE_SECONDS)
    finally:
        for listener in listeners:
            if listener.transport:
                listener.transport.abort()
    due = sent.accepted * heard.sampled
    return Report(
        seconds=round(seconds, 2),
        accepted=sent.accepted,
        refused=sent.refused,
        events_per_second=round(sent.accepted / seconds, 1),
        post_p50_ms=_quantile(sent.latencies, 0.5),
        post_p99_ms=_quantile(sent.latencies, 0.99),
        delivered_share=round(heard.events / due, 4) if due else None,
        delivery_p50_ms=_quantile(heard.ages, 0.5) if heard.ages else None,
        delivery_p99_ms=_quantile(heard.ages, 0.99) if heard.ages else None,
        delivered_mb=round(heard.bytes / 1e6, 1),
        gaps=heard.gaps,
    )


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))], 2) if ordered else 0.0
