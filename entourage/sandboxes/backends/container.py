"""Live sandboxes in containers, by podman or docker: the same supervisor, held by the engine instead of bubblewrap.

The supervisor calls the host through a socket in a mounted folder. When the server dies, its end of that socket
closes, the supervisor ends, and with it its container.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from itertools import product
from pathlib import Path

from entourage.kit.errors import Problem, Unavailable
from entourage.sandboxes.backends.engine import Engine, ask, ensure_own_image, environment, find_engine, monitor_gone
from entourage.sandboxes.backends.profile import profile
from entourage.sandboxes.bubblewrap import ACCOUNTS, MEMORY_FOLDERS, PACKAGES, SCRATCH, SYSTEM_FILES, HostUser
from entourage.sandboxes.cgroups import group_of, weigh_less
from entourage.sandboxes.languages import find_interpreter
from entourage.sandboxes.launcher import Launcher
from entourage.sandboxes.live.base import HOME, PROXY_SOCKET, RUN, WORK, NewLive
from entourage.sandboxes.live.channel import Channel
from entourage.sandboxes.live.door import Door
from entourage.sandboxes.live.guard import Guard
from entourage.sandboxes.live.ready import is_ready
from entourage.sandboxes.live.room import Room, make_room
from entourage.sandboxes.live.sandbox import Body, LiveSandbox, begun
from entourage.sandboxes.live.supervising import arguments, sources
from entourage.sandboxes.network.proxy import Proxy
from entourage.sandboxes.run import settled
from entourage.sandboxes.types import MIB, Limits

LABEL = "entourage.rooms"
CONTROL = "/run/control.sock"
MONITOR = "monitor.pid"
CALL_SECONDS = 30.0
PROBE_LIMITS = Limits(memory_bytes=64 * MIB, processes=127)
WAYS_OUT = "Install podman or docker, and let this account use it; or use the bubblewrap backend."


class ContainerBackend:
    """Makes live sandboxes in containers. `image` None is an empty one with this machine's own /usr."""

    name = "container"

    def __init__(self, launcher: Launcher, folder: Path, image: str | None, networks: Sequence[str] = ()) -> None:
        self._launcher = launcher
        self._folder = folder
        self._image = image
        self._networks = networks
        self._found: Engine | str | None = None
        self._finding = asyncio.Lock()

    async def unavailable(self) -> str:
        """Why it cannot be used here, found out by running something once; empty when it can."""
        async with self._finding:
            if self._found is None:
                self._found = await self._find()
        return self._found if isinstance(self._found, str) else ""

    async def make(self, new: NewLive) -> LiveSandbox:
        """A running sandbox. Raises Unavailable."""
        reason = await self.unavailable()
        if not isinstance(self._found, Engine):
            raise Unavailable(f"containers cannot be used here: {reason}", hint=WAYS_OUT)
        return await begun(self.name, new, partial(self._body, self._found, new))

    async def close(self) -> None:
        """End what is left of this server's containers."""
        if isinstance(self._found, Engine):
            with suppress(Problem):
                found = (await self._found.ask("ps", "-aq", "--filter", f"label={LABEL}={self._folder}")).split()
                if found:
                    await self._found.ask("rm", "-f", *found)

    async def _find(self) -> Engine | str:
        program = find_engine()
        if program is None:
            return "neither podman nor docker is installed"
        reason = ""
        # some engines' own runtime does not go with every arrangement of cgroups; some are handed none for cores
        for bounds_cores, runtime in product((True, False), (None, "runc")):
            engine = Engine(program, runtime, bounds_cores)
            try:
                said = await self._try(engine)
            except Problem as problem:
                reason = reason or problem.detail
                continue
            if said.endswith("ok"):
                return engine
        return reason

    async def _try(self, engine: Engine) -> str:
        """What a container says that is asked to say ok."""
        image = self._image or await ensure_own_image(engine)
        usr = ("-v", "/usr:/usr:ro") if self._image is None else ()
        with tempfile.TemporaryDirectory(prefix="entourage-probe-") as folder:
            pid_file = Path(folder, MONITOR)
            options = ("--rm", *engine.monitored(pid_file), *_bounds(engine, PROBE_LIMITS), *usr)
            try:
                return await ask(engine.run(*options, image, "/bin/sh", "-c", "echo ok"))
            finally:
                await monitor_gone(pid_file)

    async def _body(self, engine: Engine, new: NewLive, stack: AsyncExitStack) -> Body:
        room = await make_room(self._folder / new.id, new.work_folder, self._launcher, stack)
        proxy = Proxy(room.proxy_socket, self._networks)
        await proxy.start()
        stack.push_async_callback(proxy.close)
        name = f"entourage-{new.id}"
        with _listening(room.folder / "control.sock") as listening:
            process = await self._start(engine, new, room, name)
            stack.push_async_callback(_end, engine, name, process, room.folder / MONITOR)
            channel = Channel(await _called(listening, process))
        stack.callback(channel.close)
        door = Door(proxy, channel)
        stack.push_async_callback(door.close)
        if not await is_ready(channel):
            raise Unavailable("the container's supervisor did not answer", hint=WAYS_OUT)
        init = int(await engine.ask("inspect", "-f", "{{.State.Pid}}", name))
        if not engine.bounds_cores:
            weigh_less(init)
        group = await asyncio.to_thread(group_of, init)
        guard = Guard(channel, new.limits, room.work, room.run, group, MEMORY_FOLDERS)
        watching = asyncio.ensure_future(guard.watch(init))
        stack.push_async_callback(settled, [watching])
        stack.callback(watching.cancel)
        return Body(channel, guard, door, room.work, room.run)

    async def _start(self, engine: Engine, new: NewLive, room: Room, name: str) -> asyncio.subprocess.Process:
        user = self._launcher.user
        image = self._image or await ensure_own_image(engine)
        mounts = await asyncio.to_thread(self._mounts, new, room)
        python = find_interpreter("python") if self._image is None else "python3"
        argv = engine.run(
            *("--rm", "--name", name, "--label", f"{LABEL}={self._folder}", "--hostname", "sandbox", "--workdir", "/"),
            *_bounds(engine, new.limits),
            *engine.monitored(room.folder / MONITOR),
            *("--user", f"{user.uid}:{user.gid}"),
            *(("--userns", "keep-id") if engine.name == "podman" and not user.dropped else ()),
            *("--security-opt", f"seccomp={room.folder / 'seccomp.json'}"),
            *(part for inside, (outside, mode) in mounts.items() for part in ("-v", f"{outside}:{inside}:{mode}")),
            image,
            *arguments(python, CONTROL, new.limits, shared_account=True),
        )
        return await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )

    def _mounts(self, new: NewLive, room: Room) -> dict[str, tuple[Path, str]]:
        """What is seen inside: the host's path and how, by paths inside."""
        written = _written(room.folder, self._launcher.user)
        work = (room.work, "rw" if new.writable else "ro")
        found = {WORK: work, HOME: work, RUN: (room.run, "rw")}
        found |= {inside: (path, "ro") for inside, path in written.items()}
        found |= {PROXY_SOCKET: (room.proxy_socket, "rw"), CONTROL: (room.folder / "control.sock", "rw")}
        if self._launcher.packages is not None:
            found[PACKAGES] = (self._launcher.packages, "ro")
        if self._image is None:
            found["/usr"] = (Path("/usr"), "ro")
            found |= {f"/etc/{name}": (path, "ro") for name in SYSTEM_FILES if (path := Path("/etc", name)).exists()}
        return found


def _bounds(engine: Engine, limits: Limits) -> list[str]:
    """What every container gets, or rather does not get."""
    scratch, memory_mib = MEMORY_FOLDERS[SCRATCH], limits.memory_bytes // MIB
    return [
        *("--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--memory", f"{memory_mib}m", "--memory-swap", f"{memory_mib}m", "--pids-limit", str(limits.processes + 1)),
        *(("--cpus", f"{limits.cores:g}") if engine.bounds_cores else ()),
        *("--ulimit", "nofile=1024:1024", "--ulimit", "core=0:0", "--ulimit", "nproc=4096:4096"),
        *("--shm-size", str(MEMORY_FOLDERS["/dev/shm"]), "--tmpfs", f"{SCRATCH}:rw,size={scratch},mode=1777"),
        # podman would add folders in memory that have no size
        *(("--read-only-tmpfs=false",) if engine.name == "podman" else ()),
    ]


def _written(folder: Path, user: HostUser) -> dict[str, Path]:
    """Files that are written for the container, by their paths inside."""
    accounts = {
        **ACCOUNTS,
        "/etc/passwd": f"root:x:0:0::/:/usr/sbin/nologin\nsandbox:x:{user.uid}:{user.gid}::{HOME}:/bin/bash\n".encode(),
        "/etc/group": f"root:x:0:\nsandbox:x:{user.gid}:\n".encode(),
    }
    (folder / "seccomp.json").write_text(profile())
    kept = folder / "files"
    kept.mkdir(mode=0o755)
    paths: dict[str, Path] = {}
    for number, (inside, content) in enumerate({**accounts, **sources()}.items()):
        paths[inside] = kept / str(number)
        paths[inside].write_bytes(content)
        paths[inside].chmod(0o644)
    return paths


def _listening(path: Path) -> socket.socket:
    """A socket that one supervisor will call. Bound below an open folder, as such paths have at most 107 bytes."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        listening.bind(f"/proc/self/fd/{folder}/{path.name}")
        path.chmod(0o666)
        listening.listen(1)
        listening.setblocking(False)
    except BaseException:
        listening.close()
        raise
    finally:
        os.close(folder)
    return listening


async def _called(listening: socket.socket, process: asyncio.subprocess.Process) -> socket.socket:
    """The call of the supervisor. Raises Unavailable with what the engine says when none comes."""
    accepting = asyncio.ensure_future(asyncio.get_running_loop().sock_accept(listening))
    ending = asyncio.ensure_future(process.wait())
    try:
        await asyncio.wait((accepting, ending), timeout=CALL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if accepting.done():
            return accepting.result()[0]
        said = (await process.stderr.read(4096)).decode(errors="replace") if ending.done() and process.stderr else ""
        raise Unavailable(f"the container did not start: {said.strip()[-300:] or 'it is silent'}", hint=WAYS_OUT)
    finally:
        for each in (accepting, ending):
            each.cancel()


async def _end(engine: Engine, name: str, process: asyncio.subprocess.Process, pid_file: Path) -> None:
    with suppress(Problem):
        await engine.ask("rm", "-f", name)
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    await monitor_gone(pid_file)
