"""Running git in the one-shot sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from entourage.sandboxes.types import Limits, Sandbox
from entourage.workspaces.git.running import Ran

SECONDS = 60.0
MEMORY_BYTES = 512 * 1024 * 1024
OUTPUT_BYTES = 8 * 1024 * 1024
PROCESSES = 32


class GitInSandbox:
    """`Confined`, by way of a sandbox. The limits on files are those of workspaces: git sees all of the folder."""

    def __init__(self, sandbox: Sandbox, *, file_bytes: int, files: int) -> None:
        self._sandbox = sandbox
        self._limits = Limits(
            wall_seconds=SECONDS,
            cpu_seconds=SECONDS,
            memory_bytes=MEMORY_BYTES,
            file_bytes=2 * file_bytes,
            output_bytes=OUTPUT_BYTES,
            processes=PROCESSES,
            files=2 * files,
        )

    async def __call__(self, argv: Sequence[str], folder: Path, stdin: bytes | None) -> Ran:
        done = await self._sandbox.exec(argv, folder, self._limits, stdin)
        failure = f"it was stopped ({done.stopped_by})" if done.stopped_by else None
        return Ran(done.exit_code, done.stdout.encode(errors="surrogateescape"), done.stderr, failure)
