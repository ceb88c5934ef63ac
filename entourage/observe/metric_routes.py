"""Doors of numbers: series over time, and costs."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from entourage.accounts.identity import CurrentUser
from entourage.kit.clock import now_ms
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.observe.costs import CostFilter, CostKey, Costs
from entourage.observe.filters import From, Names, To, names_given, time_given
from entourage.observe.schemas import CostList, Series
from entourage.observe.series import MINUTE_MS, MINUTES, Grouping, Interval, MetricSeries, SeriesFilter
from entourage.observe.session_routes import OneName

router = Routes(tags=["metrics"])

SHOWN_INTERVALS = 60
"""How many intervals are shown when no time is given."""


@router.get("/metrics/series", responses=problems(401, 403))
async def read_series(
    user: CurrentUser,
    series: Annotated[MetricSeries, service(MetricSeries)],
    interval: Interval = "1m",
    since: From = None,
    until: To = None,
    type: Names = None,
    agent: Names = None,
    group_by: Annotated[Grouping, Query(description="One line, or one per type or agent.")] = "none",
) -> Series:
    """Counts, errors, tokens, costs and latencies over time; of the last 60 intervals when no time is given."""
    given = names_given("type", type)
    to_ms = time_given("to", until) or now_ms() + 1
    from_ms = time_given("from", since)
    if from_ms is None:
        from_ms = max(0, to_ms - SHOWN_INTERVALS * MINUTES[interval] * MINUTE_MS)
    where = SeriesFilter(
        tuple(name for name in given if not name.endswith("*")),
        tuple(name[:-1] for name in given if name.endswith("*")),
        names_given("agent", agent),
    )
    return await series.read(user.user_id, interval, from_ms, to_ms, group_by, where)


@router.get("/costs", responses=problems(401, 403))
async def read_costs(
    user: CurrentUser,
    costs: Annotated[Costs, service(Costs)],
    group_by: CostKey = "agent",
    since: From = None,
    until: To = None,
    source_app: OneName = None,
    session_id: OneName = None,
) -> CostList:
    """What model calls cost, by agent, session, project, model, source or day (UTC)."""
    where = CostFilter(time_given("from", since), time_given("to", until), source_app, session_id)
    return CostList(items=await costs.read(user.user_id, group_by, where))
