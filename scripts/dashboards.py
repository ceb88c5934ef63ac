"""Writes the Grafana dashboards in deploy/grafana; `--check` only tells whether they are what this would write."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "deploy" / "grafana"
SERVERS = 'job="entourage",instance=~"$instance"'
WIDTH, HEIGHT = 12, 8


@dataclass(frozen=True)
class Panel:
    """One graph or figure. Each query is a legend and an expression, in which SERVERS stands for the chosen servers."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    kind: str = "timeseries"
    note: str = ""


def rate(name: str, by: str, more: str = "") -> str:
    return f"sum by ({by}) (rate({name}{{SERVERS{more}}}[$__rate_interval]))"


def quantile(q: float, name: str, by: str) -> str:
    return f"histogram_quantile({q}, sum by (le, {by}) (rate({name}_bucket{{SERVERS}}[$__rate_interval])))"


def commits(q: float) -> str:
    name = 'db_query_seconds_bucket{SERVERS,operation="log_append"}'
    return f"histogram_quantile({q}, sum by (le) (rate({name}[$__rate_interval])))"


def stat(title: str, unit: str, expression: str) -> Panel:
    return Panel(title, unit, ((title, expression),), "stat")


AGENTS = (
    stat("Runs in the last hour", "short", "sum(increase(agent_requests_total{SERVERS}[1h]))"),
    stat("Spent in the last day", "currencyUSD", "sum(increase(llm_cost_usd_total{SERVERS}[1d]))"),
    Panel("Runs that ended", "ops", (("{{agent}} {{status}}", rate("agent_requests_total", "agent, status")),)),
    Panel("Time of runs, p95", "s", (("{{agent}}", quantile(0.95, "agent_request_duration_seconds", "agent")),)),
    Panel("Tokens", "ops", (("{{model}} {{direction}}", rate("llm_tokens_total", "model, direction")),)),
    Panel(
        "Costs an hour", "currencyUSD", (("{{model}}", "sum by (model) (increase(llm_cost_usd_total{SERVERS}[1h]))"),)
    ),
    Panel("Tools, p95", "s", (("{{tool}}", quantile(0.95, "tool_execution_duration_seconds", "tool")),)),
    Panel(
        "Tools that failed",
        "ops",
        (("{{tool}} {{status}}", rate("tool_execution_duration_seconds_count", "tool, status", ',status!="ok"')),),
    ),
    Panel("Results handed over", "ops", (("{{type}}", rate("artifacts_generated_total", "type")),)),
    Panel(
        "Active",
        "short",
        (("people", "sum(active_users{SERVERS})"), ("conversations", "sum(active_workspaces{SERVERS})")),
        note="Seen in the last 15 minutes; a person on two replicas counts twice.",
    ),
)

SERVER = (
    stat("Answers a second", "reqps", "sum(rate(http_requests_total{SERVERS}[$__rate_interval]))"),
    stat("Open streams", "short", "sum(stream_connections{SERVERS})"),
    Panel("Answers by status", "reqps", (("{{status}}", rate("http_requests_total", "status")),)),
    Panel(
        "Time until an answer begins, p95",
        "s",
        (("{{route}}", quantile(0.95, "http_request_duration_seconds", "route")),),
    ),
    Panel("Statements, p99", "s", (("{{operation}}", quantile(0.99, "db_query_seconds", "operation")),)),
    Panel("Statements a second", "ops", (("{{operation}}", rate("db_query_seconds_count", "operation")),)),
    Panel("Processor", "percentunit", (("{{instance}}", rate("process_cpu_seconds_total", "instance")),)),
    Panel("Memory", "bytes", (("{{instance}}", "process_resident_memory_bytes{SERVERS}"),)),
    Panel(
        "Open files",
        "short",
        (("{{instance}}", "process_open_fds{SERVERS}"), ("{{instance}} at most", "process_max_fds{SERVERS}")),
    ),
    Panel("Version", "short", (("{{instance}} {{version}}", "entourage_build_info{SERVERS}"),)),
)

EVENTS = (
    stat("Events a second", "ops", "sum(rate(events_ingested_total{SERVERS}[$__rate_interval]))"),
    stat("Lost in the last day", "short", "sum(increase(events_dropped_total{SERVERS}[1d]))"),
    Panel("Events committed", "ops", (("{{source}}", rate("events_ingested_total", "source")),)),
    Panel("Events lost", "ops", (("{{reason}}", rate("events_dropped_total", "reason")),)),
    Panel("Waiting", "short", (("{{instance}} {{queue}}", "bus_queue_depth{SERVERS}"),)),
    Panel("Not yet projected", "short", (("{{instance}}", "projector_lag_events{SERVERS}"),)),
    Panel(
        "Commits of the log",
        "s",
        (
            ("p50", commits(0.5)),
            ("p99", commits(0.99)),
        ),
    ),
    Panel("Open streams", "short", (("{{instance}}", "stream_connections{SERVERS}"),)),
)

DASHBOARDS = {
    "agents": ("Entourage: agents", AGENTS),
    "server": ("Entourage: server", SERVER),
    "events": ("Entourage: events", EVENTS),
}

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def panel(found: Panel, number: int, at: int) -> dict[str, Any]:
    targets = [
        {
            "datasource": SOURCE,
            "expr": text.replace("SERVERS", SERVERS),
            "legendFormat": legend,
            "refId": chr(ord("A") + place),
        }
        for place, (legend, text) in enumerate(found.queries)
    ]
    return {
        "id": number,
        "title": found.title,
        "description": found.note,
        "type": found.kind,
        "datasource": SOURCE,
        "gridPos": {"h": HEIGHT, "w": WIDTH, "x": at % 2 * WIDTH, "y": at // 2 * HEIGHT},
        "fieldConfig": {"defaults": {"unit": found.unit, "min": 0}, "overrides": []},
        "targets": targets,
    }


def dashboard(uid: str, title: str, panels: tuple[Panel, ...]) -> dict[str, Any]:
    numbers = count(1)
    variables = [
        {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Data source"},
        {
            "name": "instance",
            "type": "query",
            "label": "Server",
            "datasource": SOURCE,
            "query": 'label_values(up{job="entourage"}, instance)',
            "multi": True,
            "includeAll": True,
            "current": {"text": "All", "value": "$__all"},
            "refresh": 2,
        },
    ]
    return {
        "uid": f"entourage-{uid}",
        "title": title,
        "tags": ["entourage"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": variables},
        "panels": [panel(found, next(numbers), place) for place, found in enumerate(panels)],
    }


def main() -> int:
    stale = []
    for uid, (title, panels) in DASHBOARDS.items():
        path = FOLDER / f"{uid}.json"
        text = json.dumps(dashboard(uid, title, panels), indent=2) + "\n"
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.is_file() or path.read_text() != text:
            stale.append(path.name)
    if stale:
        print(f"deploy/grafana is not up to date: {', '.join(stale)}. Run `make dashboards`.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
