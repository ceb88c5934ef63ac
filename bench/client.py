"""The client: its weight; in Chromium frames under 200 tokens/s, long chats opened and scrolled, accessibility."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from bench.bar import Bar

ROOT = Path(__file__).parent.parent
SCRIPTS = ("sizes", "frames", "open", "scroll10k", "observe", "axe")

_LINE = re.compile(
    r"^(?P<name>\S.*?)(?::|\s{2})\s*(?P<measured>[\d.]+)\s*(?P<unit>kB gzip)?\s+bar (?P<target>[\d.]+)"
    r"(?:, (?P<note>not judged: the machine is busy))?(?:\s|$)"
)


def bars() -> list[Bar]:
    node = subprocess.run([str(ROOT / "scripts/node-bin")], check=True, capture_output=True, text=True).stdout.strip()
    environment = {**os.environ, "PATH": f"{node}:{os.environ['PATH']}"}
    found: list[Bar] = []
    for script in SCRIPTS:
        if script != "sizes" and not shutil.which("chromium"):
            print(f"        ({script} needs chromium)")
            continue
        run = subprocess.run(
            ["npm", "run", "--silent", script],
            cwd=ROOT / "web",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [match for line in run.stdout.splitlines() if (match := _LINE.match(line))]
        if not lines:
            raise RuntimeError(f"npm run {script} printed no bars:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
        found += [_bar(match) for match in lines]
    return found


def _bar(match: re.Match[str]) -> Bar:
    name, _, unit = match["name"].partition(", ")
    target = None if match["note"] else float(match["target"])
    measured, unit = float(match["measured"]), match["unit"] or unit
    return Bar(f"client: {name}", measured, unit, target, at_most=unit != "1/s", note=match["note"] or "")
