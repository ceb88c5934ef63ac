"""`python -m bench.shell_fuzz --commands 10000`: what the shell guard allows beside what bash runs of it."""

from __future__ import annotations

import argparse
import time

from tests.tools.shell.generated import generate
from tests.tools.shell.traced import differences, judged, runs


def main() -> int:
    """Print the figures; 1 when anything ran that was not checked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=10_000)
    commands = generate(parser.parse_args().commands)
    started = time.process_time()
    allowed = judged(commands)
    micros = (time.process_time() - started) / len(commands) * 1e6
    evaluated = runs(allowed)
    found = differences(evaluated)
    print(f"{len(commands)} commands, {len(allowed)} allowed, {micros:.1f} us each")
    print(f"{len(evaluated)} evaluations by bash, {len(found)} ran something else than was checked")
    for run, seen in found[:20]:
        print(f"  {run.command!r} as {run.text!r}: {dict(seen)}")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
