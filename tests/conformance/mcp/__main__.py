"""`scripts/conformance [REVISION...]`: both revisions, direct and through the gateway."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import structlog

from bench.servers import free_port
from tests.conformance.mcp.running import MISSING, SUITE, everything_server, gateway_before, run_suite
from tests.conformance.mcp.scores import differences, expected, score_of

REVISIONS = ("2025-11-25", "2026-07-28")


async def main(revisions: list[str]) -> int:
    """How many revisions fell short."""
    if not SUITE.exists():
        print(MISSING)
        return 1
    short = 0
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        async with everything_server(free_port()) as direct, gateway_before(direct, data) as ours:
            for revision in revisions:
                short += await _compare(revision, direct, ours, Path(scratch))
    return short


async def _compare(revision: str, direct: str, ours: str, scratch: Path) -> bool:
    before = score_of(await run_suite(direct, revision, scratch / f"direct-{revision}"))
    through = score_of(await run_suite(ours, revision, scratch / f"through-{revision}"))
    unexpected, stale = differences(through, expected(revision))
    print(f"{revision}: direct {before.passed} passed, {before.failed} failed; ", end="")
    print(f"through the gateway {through.passed} passed, {through.failed} failed")
    for what in sorted(before.successes - through.successes):
        print(f"  passed only direct: {what}")
    for what, why in unexpected.items():
        print(f"  not expected: {what}: {why}")
    for what in stale:
        print(f"  passes now, take it out of the baseline: {what}")
    return bool(unexpected) or bool(stale) or through.passed < before.passed


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    sys.exit(min(1, asyncio.run(main(sys.argv[1:] or list(REVISIONS)))))
