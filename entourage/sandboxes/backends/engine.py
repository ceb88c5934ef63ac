"""Talking to a container engine, podman or docker, by its command line."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from entourage.kit.errors import Unavailable
from entourage.sandboxes.live.channel import readable

ENGINES = ("podman", "docker")
OWN_IMAGE = "localhost/entourage-sandbox:1"
LINKS = ("bin", "sbin", "lib", "lib64")
FOLDERS = ("usr", "etc", "tmp", "proc", "sys", "dev", "run", "work", "home/user", "opt/packages", "var/tmp")
COMMAND_SECONDS = 60.0
DYING_SECONDS = 5.0
# What an engine needs of the server's environment: nothing secret.
KEPT_ENVIRONMENT = ("PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST", "TMPDIR")


class Engine(msgspec.Struct, frozen=True):
    """A container engine: its program, an OCI runtime when its own does not work here, and what it can bound."""

    program: str
    runtime: str | None = None
    bounds_cores: bool = True

    @property
    def name(self) -> str:
        return Path(self.program).name

    def run(self, *options: str) -> list[str]:
        """The beginning of a `run` command."""
        chosen = ("--runtime", self.runtime) if self.runtime else ()
        # podman takes the runtime before the command, docker after it
        return (
            [self.program, *chosen, "run", *options]
            if self.name == "podman"
            else [self.program, "run", *chosen, *options]
        )

    def monitored(self, pid_file: Path) -> tuple[str, ...]:
        """Options that have the number of the container's monitor written down, where there is such a process."""
        return ("--conmon-pidfile", str(pid_file)) if self.name == "podman" else ()

    async def ask(self, *args: str, stdin: bytes | None = None) -> str:
        """What a command prints. Raises Unavailable with what it complains about."""
        return await ask([self.program, *args], stdin)


def find_engine() -> str | None:
    """The engine of this machine, podman first."""
    return next((found for name in ENGINES if (found := shutil.which(name))), None)


def environment() -> dict[str, str]:
    """The environment of an engine's command."""
    return {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}


async def ask(argv: Sequence[str], stdin: bytes | None = None) -> str:
    """What a command prints. Raises Unavailable when it fails, or takes a minute."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            out, err = await process.communicate(stdin)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Unavailable(f"{Path(argv[0]).name} did not answer within a minute") from None
    if process.returncode != 0:
        said = err.decode(errors="replace").strip().splitlines()
        raise Unavailable(f"{Path(argv[0]).name} failed: {said[-1][:300] if said else process.returncode}")
    return out.decode(errors="replace").strip()


async def ensure_own_image(engine: Engine) -> str:
    """The image with nothing in it but folders and links: this machine's /usr is mounted into it."""
    if OWN_IMAGE not in (await engine.ask("images", "--format", "{{.Repository}}:{{.Tag}}")).split():
        await engine.ask("import", "-", OWN_IMAGE, stdin=_links())
    return OWN_IMAGE


def _links() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name in FOLDERS:
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        for name in LINKS:
            if Path("/usr", name).is_dir():
                link = tarfile.TarInfo(name)
                link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
                archive.addfile(link)
    return data.getvalue()


async def monitor_gone(pid_file: Path) -> None:
    """Wait for podman's monitor of a container to be gone, and for its zombie: orphans come to this process."""
    try:
        monitor = os.pidfd_open(int(await asyncio.to_thread(pid_file.read_text)))
    except (OSError, ValueError):
        return  # docker has none, or it is gone and somebody else's
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(readable(monitor), DYING_SECONDS)
        with suppress(ChildProcessError):
            os.waitid(os.P_PIDFD, monitor, os.WEXITED | os.WNOHANG)  # noqa: ASYNC222  returns at once
    finally:
        os.close(monitor)
