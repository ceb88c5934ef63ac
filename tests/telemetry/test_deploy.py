"""What stands in deploy/: rules that promtool has tried, dashboards that ask for metrics we have."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.telemetry.reading import promtool
from tests.world import World

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NAME = re.compile(r"\b([a-z_]+)\{")
OTHERS = {"up"}
"""Metrics that Prometheus itself makes."""

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


@needs_promtool
def test_the_rules_are_right_and_do_what_they_say(tmp_path: Path) -> None:
    assert promtool("check", "rules", str(DEPLOY / "prometheus/rules.yml"))[0] == 0
    status, said = promtool("test", "rules", str(DEPLOY / "prometheus/rules.test.yml"))
    assert (status, "SUCCESS" in said) == (0, True), said
    for name in ("prometheus.yml", "rules.yml"):
        shutil.copy(DEPLOY / "prometheus" / name, tmp_path)
    (tmp_path / "metrics-token").touch()
    assert promtool("check", "config", str(tmp_path / "prometheus.yml"))[0] == 0


def test_every_alert_has_a_case_of_its_own() -> None:
    alerts = re.findall(r"alert: (\w+)", (DEPLOY / "prometheus/rules.yml").read_text())
    cases = (DEPLOY / "prometheus/rules.test.yml").read_text()
    assert [name for name in alerts if f"alertname: {name}\n        exp_alerts" not in cases] == []


async def test_rules_and_dashboards_ask_only_for_metrics_that_exist(small_world: World) -> None:
    root = await small_world.person("root", is_admin=True)
    text = (await root.client.get("/metrics")).text
    families = dict(re.findall(r"^# TYPE (\w+) (\w+)", text, re.MULTILINE))
    known = {
        name + suffix
        for name, kind in families.items()
        for suffix in (("_bucket", "_count", "_sum") if kind == "histogram" else ("",))
    }
    asked = set(NAME.findall((DEPLOY / "prometheus/rules.yml").read_text()))
    for path in (DEPLOY / "grafana").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                assert "SERVERS" not in target["expr"]
                asked.update(NAME.findall(target["expr"]))
    assert asked - known - OTHERS == set()
    assert len(asked) > 15


@needs_promtool
def test_every_expression_of_the_dashboards_is_one(tmp_path: Path) -> None:
    panels = [panel for path in (DEPLOY / "grafana").glob("*.json") for panel in json.loads(path.read_text())["panels"]]
    plain = [target["expr"].replace("$__rate_interval", "5m") for panel in panels for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": text} for number, text in enumerate(plain)]
    path = tmp_path / "rules.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    status, said = promtool("check", "rules", str(path))
    assert status == 0, said


def test_the_dashboards_are_those_the_script_writes() -> None:
    script = Path(__file__).parent.parent.parent / "scripts/dashboards.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0
