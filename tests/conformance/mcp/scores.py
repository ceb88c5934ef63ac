"""What a run came to, against the direct run and against what is expected to fail."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

Checks: TypeAlias = "dict[str, dict[str, list[dict[str, Any]]]]"


@dataclass
class Score:
    """Checks passed and failed; `failures` as `scenario:check`."""

    passed: int = 0
    failed: int = 0
    failures: dict[str, str] = field(default_factory=dict[str, str])
    successes: set[str] = field(default_factory=set[str])


def score_of(checks: Checks) -> Score:
    """Warnings and notes count neither way, as in the suite's own summary."""
    score = Score()
    for scenario, by_id in checks.items():
        for name, results in by_id.items():
            for one in results:
                if one["status"] == "SUCCESS":
                    score.passed += 1
                    score.successes.add(f"{scenario}:{name}")
                elif one["status"] == "FAILURE":
                    score.failed += 1
                    score.failures[f"{scenario}:{name}"] = str(one.get("errorMessage", ""))[:200]
    return score


def expected(revision: str) -> dict[str, str]:
    """Expected failures with their reasons: `scenario` or `scenario:check`."""
    path = Path(__file__).parent / f"baseline-{revision}.toml"
    entries = tomllib.loads(path.read_text()).get("expected", [])
    return {entry["what"]: entry["reason"] for entry in entries}


def differences(score: Score, known: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Failures nobody expected, and expectations that are met by none any more."""
    unexpected = {
        what: why for what, why in score.failures.items() if what not in known and what.partition(":")[0] not in known
    }
    failing = {*score.failures, *(what.partition(":")[0] for what in score.failures)}
    return unexpected, [what for what in known if what not in failing]
