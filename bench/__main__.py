"""Runs the benchmarks one after the other and prints every bar beside its target; exit code 1 when one misses."""

from __future__ import annotations

import asyncio
import inspect
import platform
import sys
from importlib import import_module

from bench.bar import Bar

SCRIPTS = (
    "start",
    "append",
    "reads",
    "spine",
    "turn",
    "sandbox_start",
    "sandboxes",
    "interpreter",
    "terminal",
    "hooks",
    "client",
    "gateway",
    "tools",
    "router",
    "mcp",
    "mcp_lifecycle",
    "bus",
    "vectors",
    "graph",
    "memory",
)


def main() -> int:
    names = sys.argv[1:] or list(SCRIPTS)
    print(f"{platform.machine()}, Python {platform.python_version()}, {', '.join(names)}\n")
    bars: list[Bar] = []
    for name in names:
        module = import_module(f"bench.{name}")
        found = asyncio.run(module.bars()) if inspect.iscoroutinefunction(module.bars) else module.bars()
        for bar in found:
            print(bar.line(), flush=True)
        bars += found
    missed = [bar.name for bar in bars if not bar.holds]
    print(f"\n{len(bars) - len(missed)} of {len(bars)} hold." + (f" Missed: {'; '.join(missed)}." if missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
