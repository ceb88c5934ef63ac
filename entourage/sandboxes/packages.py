"""The Python packages of the sandbox: where they are, and putting them there.

They are for the system's own Python (/usr/bin/python3), which sandboxes run, and are mounted read-only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from entourage.kit.errors import Unavailable
from entourage.settings import Settings

LOCK = Path(__file__).parent / "sandbox.lock"
PYTHON = "/usr/bin/python3"
MARK = ".lock"
"""The lock file that the packages in a folder were installed from."""


def default_folder(settings: Settings) -> Path:
    """Where `entourage sandbox setup` puts them."""
    return settings.data_dir / "sandbox-packages"


def site_packages(settings: Settings) -> Path | None:
    """The folder of packages: the setting's, else the one that was set up in the data folder; None without any."""
    if settings.sandbox_site_packages is not None:
        return settings.sandbox_site_packages
    folder = default_folder(settings)
    return folder if (folder / MARK).is_file() else None


def has_ipykernel(folder: Path | None) -> bool:
    """Whether Python in the sandbox can be a kernel."""
    return folder is not None and (folder / "ipykernel").is_dir()


def is_current(folder: Path) -> bool:
    """Whether the packages in the folder are those of this version."""
    mark = folder / MARK
    return mark.is_file() and mark.read_bytes() == LOCK.read_bytes()


def install(folder: Path, say: Callable[[str], None]) -> bool:
    """Install the locked packages; False when they are there already. The folder is whole or as it was.

    Raises Unavailable when there is no such Python or no pip, or when pip fails.
    """
    if is_current(folder):
        return False
    version = _python_version()
    say(f"Installing Python packages for sandboxes into {folder} (about 250 MB)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sandbox-", dir=folder.parent) as name:
        target = Path(name, "packages")
        _run(_pip(target, version))
        _run([PYTHON, "-m", "compileall", "-q", "-j", "0", str(target)], may_fail=True)
        _list_fonts(target)
        shutil.copyfile(LOCK, target / MARK)
        _give_place(target, folder)
    return True


def _pip(target: Path, version: str) -> list[str]:
    asked = [*("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)), *("--target", str(target))]
    if _has_pip():
        quiet = ["-q", "--disable-pip-version-check", "--no-compile", "--no-deps"]
        return [sys.executable, "-m", "pip", "install", *quiet, "--python-version", version, *asked]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "-q", "--no-deps", "--python", PYTHON, *asked]
    raise Unavailable("There is neither pip nor uv to install packages with.", hint="Install one of them.")


def _has_pip() -> bool:
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _python_version() -> str:
    """Of the Python in the sandbox. Raises Unavailable."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([PYTHON, "-c", ask], capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        raise Unavailable(
            f"There is no Python at {PYTHON}.", hint="Install python3 with the system's packages."
        ) from None


def _run(argv: list[str], *, may_fail: bool = False, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(argv, capture_output=True, check=False, text=True, env=env)
    if done.returncode and not may_fail:
        raise Unavailable(f"{Path(argv[0]).name} failed: {done.stderr.strip()[-2000:] or done.stdout.strip()[-2000:]}")


def _list_fonts(target: Path) -> None:
    """Have matplotlib make its list of fonts once, and not in every sandbox."""
    made = target / ".matplotlib"
    made.mkdir()
    env = {**os.environ, "PYTHONPATH": str(target), "MPLCONFIGDIR": str(made), "MPLBACKEND": "agg"}
    _run([PYTHON, "-c", "import matplotlib.font_manager"], may_fail=True, env=env)
    for name in made.iterdir():
        if name.suffix != ".json":
            name.unlink() if name.is_file() else shutil.rmtree(name)


def _give_place(made: Path, folder: Path) -> None:
    """Put the new folder where the old one was."""
    old = made.with_name("old")
    if folder.exists():
        folder.replace(old)
    made.replace(folder)
