"""A server that does nothing but write vectors, saying which are safe: `python -m ...writer FOLDER FIRST`.

It says `safe N` when the points up to N are written, `removing N` and `gone N` before and after that one is removed,
`children PID...` after each step, `building` and `built`. It ends when its input does.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from entourage.stores.vectors.edge.store import EdgeVectors
from tests.conformance.vectors.opening import DIMENSIONS, point

BATCH, OWNERS, BUILD_POINTS = 40, 5, 400
COLLECTION = "text"


def owner_of(number: int) -> str:
    return f"owner{number // BATCH % OWNERS}"


async def main(folder: str, start: str) -> None:
    store = EdgeVectors(Path(folder), build_points=BUILD_POINTS)
    await store.ensure(COLLECTION, DIMENSIONS)
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    number = int(start)
    while not ended.done():
        await store.upsert(COLLECTION, owner_of(number), [point(number + each) for each in range(BATCH)])
        _say("safe", number + BATCH)
        if number // BATCH % 10 == 0:
            _say("removing", number)
            await store.delete(COLLECTION, owner_of(number), [point(number).id])
            _say("gone", number)
        number += BATCH
        _say("building" if store.builds() else "built")
        _say("children", *store.pids())
    await store.close()


def _say(*words: object) -> None:
    print(*words, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
