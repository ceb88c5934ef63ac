"""One scenario of each kind of the conformance suite; `scripts/conformance` runs it whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.servers import free_port
from tests.conformance.mcp.running import MISSING, NODE, SUITE, everything_server, gateway_before, run_suite
from tests.conformance.mcp.scores import score_of

pytestmark = pytest.mark.skipif(not (SUITE.exists() and NODE.exists()), reason=MISSING)


async def test_the_core_of_both_revisions_passes_through_the_gateway(tmp_path: Path) -> None:
    async with everything_server(free_port()) as direct, gateway_before(direct, tmp_path / "data") as ours:
        for revision in ("2025-11-25", "2026-07-28"):
            score = score_of(await run_suite(ours, revision, tmp_path / revision))
            core = {what for what in score.failures if not what.startswith("tasks-")}
            assert core == set()
            assert score.passed > 80
