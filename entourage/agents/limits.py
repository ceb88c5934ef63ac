"""What ends a run that goes on for too long: model calls, tokens, money. (Its time is looked after by the runner.)"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from entourage.events.message import ChildRun, MessageUsage
from entourage.kit.errors import Problem

if TYPE_CHECKING:
    from entourage.agents.work import Work


class LimitReached(Problem):
    slug, title = "limit-reached", "A limit of the agent was reached"


def check_limits(work: Work) -> None:
    """Whether the model may be asked once more. What called agents used counts as its own. Raises LimitReached."""
    limits, usages = work.agent.limits, [*work.recorded.usages, *_called(work)]
    tokens = sum(usage.input_tokens + usage.output_tokens for usage in usages)
    cost = sum((Decimal(usage.cost_usd) for usage in usages if usage.cost_usd is not None), Decimal())
    if len(work.recorded.replies) - work.recorded.copied >= limits.max_steps:
        raise _reached(f"The limit of {limits.max_steps} model calls was reached.")
    if tokens >= limits.max_tokens:
        raise _reached(f"The limit of {limits.max_tokens} tokens was reached; {tokens} were used.")
    if limits.max_cost_usd is not None and cost >= limits.max_cost_usd:
        raise _reached(f"The limit of {limits.max_cost_usd} USD was reached; {cost} were spent.")


def _called(work: Work) -> list[MessageUsage]:
    children = [ChildRun.model_validate(result.child) for result in work.recorded.results.values() if result.child]
    return [child.usage for child in children if child.usage]


def _reached(told: str) -> LimitReached:
    return LimitReached(told, hint="Raise the limit in the agent's settings, or ask for less at once.")
