"""`usage`: a model call with its tokens and price, of our team or told by OpenTelemetry."""

from __future__ import annotations

import msgspec

from entourage.observe.projection.facts import Cost, Facts, Moment
from entourage.observe.projection.states import Tokens

HOUR_MS = 3_600_000


class UsageSeen(msgspec.Struct):
    """What is read of it."""

    model: str = ""
    provider: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost_usd: str | None = None
    latency_ms: int = 0
    agent_id: str | None = None
    project: str | None = None


_decode = msgspec.json.Decoder(UsageSeen).decode


def facts(moment: Moment) -> Facts:
    """A model span, and its cost where it is counted."""
    said = _decode(moment.event.data)
    micro = round(float(said.cost_usd) * 1_000_000) if said.cost_usd else 0
    spent = Tokens(said.input_tokens, said.output_tokens, said.cached_tokens, micro, 1)
    started = moment.at - said.latency_ms
    span = moment.span(
        moment.event.id,
        kind="model",
        name=said.model,
        starts=[(started, moment.seq)],
        ends=[(moment.at, moment.seq, said.latency_ms, False)],
        spent=spent,
    )
    at = (moment.at, moment.seq)
    event = moment.event
    cost = Cost(moment.at // HOUR_MS, moment.source, moment.session_id, event.agent or "", said.model, spent)
    return Facts(
        spans=(span,),
        lanes=(
            moment.lane(
                spent=spent, is_main=said.agent_id is None and event.parent_run_id is None, agent_id=said.agent_id
            ),
        ),
        session=moment.session(
            spent=spent,
            model=(*at, said.model) if said.model else None,
            project=(*at, said.project) if said.project else None,
        ),
        costs=(cost,),
    )
