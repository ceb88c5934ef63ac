"""An SSH server on this machine for one test, with a key that is thrown away."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")


@dataclass(frozen=True)
class Sshd:
    """Where it listens, who may come in, and with which private key."""

    port: int
    user: str
    key: str


@asynccontextmanager
async def sshd(folder: Path) -> AsyncIterator[Sshd]:
    """It listens on loopback and takes this one key. Skips the test where there is no sshd."""
    if SSHD is None:
        pytest.skip("openssh-server is not installed")
    home, port = await asyncio.to_thread(_prepared, folder)
    process = await asyncio.create_subprocess_exec(
        SSHD, "-D", "-e", "-f", str(home / "config"), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(10):
            while not await _listens(port):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield Sshd(port, getpass.getuser(), (home / "user").read_text().strip())
    finally:
        process.kill()
        await process.wait()


def _prepared(folder: Path) -> tuple[Path, int]:
    """Keys, the configuration, a free port."""
    home = folder / "sshd"
    home.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(home / name)], check=True)
    shutil.copy(home / "user.pub", home / "authorized_keys")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host\nAuthorizedKeysFile {home}/authorized_keys\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\n"
        f"PermitRootLogin yes\nPidFile {home}/pid\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    return home, port


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
