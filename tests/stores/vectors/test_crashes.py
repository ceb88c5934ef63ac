"""Killed at any moment: what was acknowledged is there, once, and no process is left."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.stores.vectors.rig import ROUNDS, Writer, Written

LIVES = [(False, True), (True, False), (True, True)]
NAMES = ["child", "server", "both"]


@pytest.mark.parametrize("is_building", [False, True], ids=["writing", "building"])
@pytest.mark.parametrize(("server", "children"), LIVES, ids=NAMES)
async def test_nothing_acknowledged_is_lost(tmp_path: Path, server: bool, children: bool, is_building: bool) -> None:
    chance = random.Random(f"{server}{children}{is_building}")
    written = Written(tmp_path)
    for _ in range(ROUNDS):
        writer = await Writer.start(written)
        await writer.hear(chance.randrange(4, 60))
        if is_building:
            await writer.hear_of_building()
        writer.kill(server=server, children=children)
        if server:
            await writer.gone()
        else:
            await writer.hear(chance.randrange(20, 100))
            await writer.end()
        await written.check()
