"""Install the sandbox's Python packages into a folder, unless they are there: `sandbox_packages.py FOLDER`."""

import sys
from pathlib import Path

from entourage.kit.errors import Problem
from entourage.sandboxes.packages import install

if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]).resolve(), print)
    except Problem as problem:  # code still runs then, with the standard library alone
        print(f"The sandbox has no packages: {problem.detail}")
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
