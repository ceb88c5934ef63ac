"""kill -9 under a flood of events: what was acknowledged is there once, and was published once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.flood_rounds import play_rounds


@pytest.mark.e2e
async def test_nothing_acknowledged_is_lost_or_doubled(tmp_path: Path, database_url: str | None) -> None:
    played = await play_rounds(tmp_path, database_url, rounds=2, seed=3)
    assert all(one.acknowledged for one in played)
