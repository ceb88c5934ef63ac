"""Running other people's programs."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

ROOT = Path(__file__).parents[4]
NODE = ROOT / ".setup" / "node" / "bin"
RUN_SECONDS = 60


async def run(folder: Path, *command: str | Path) -> str:
    """A program's output. It must succeed; what it writes stays in the folder. Node is the one of scripts/node-bin."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=folder,
        env={"PATH": f"{NODE}:{os.environ['PATH']}", "HOME": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(RUN_SECONDS):
            said, complaints = await process.communicate()
    except BaseException:
        process.kill()
        raise
    assert process.returncode == 0, f"{said.decode()}\n{complaints.decode()}"
    return said.decode()
