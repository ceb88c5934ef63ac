"""Live sandboxes under bubblewrap."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

from entourage.kit.errors import Unavailable
from entourage.sandboxes.bubblewrap import MEMORY_FOLDERS, WRITABLE_ROOT_BYTES
from entourage.sandboxes.cgroups import Group, confine
from entourage.sandboxes.languages import find_interpreter
from entourage.sandboxes.launcher import Launch
from entourage.sandboxes.live.base import HOME, PROXY_SOCKET, RUN, WORK, NewLive
from entourage.sandboxes.live.channel import Channel
from entourage.sandboxes.live.door import Door
from entourage.sandboxes.live.guard import Guard
from entourage.sandboxes.live.ready import is_ready
from entourage.sandboxes.live.room import Room, make_room
from entourage.sandboxes.live.sandbox import Body, LiveSandbox, begun
from entourage.sandboxes.live.supervising import arguments, sources
from entourage.sandboxes.network.proxy import Proxy
from entourage.sandboxes.output import Output
from entourage.sandboxes.probe import WAYS_OUT
from entourage.sandboxes.process import Confined
from entourage.sandboxes.run import settled
from entourage.sandboxes.runner import BubblewrapSandbox

SAID_BYTES = 4096


class BubblewrapBackend:
    """Makes live sandboxes with the confinement of `sandbox`; each has a folder of its own below `folder`.

    `operator_networks` are private networks that sandboxes may be let into.
    """

    name = "bubblewrap"

    def __init__(self, sandbox: BubblewrapSandbox, folder: Path, operator_networks: Sequence[str] = ()) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._operator_networks = operator_networks

    async def unavailable(self) -> str:
        """Why it cannot be used here; empty when it can."""
        probe = await self._sandbox.probe()
        if not probe.ok:
            return probe.reason
        try:
            find_interpreter("python")
        except Unavailable as problem:
            return problem.detail
        return ""

    async def make(self, new: NewLive) -> LiveSandbox:
        """A running sandbox. Raises Unavailable, Invalid (no such work folder, no such host)."""
        await self._sandbox.ensure()
        return await begun(self.name, new, partial(self._body, new))

    async def close(self) -> None:
        """Nothing is kept between sandboxes."""

    async def _body(self, new: NewLive, stack: AsyncExitStack) -> Body:
        """Make everything; what is made is undone in reverse when the stack closes."""
        launcher, limits = self._sandbox.launcher, new.limits
        room = await make_room(self._folder / new.id, new.work_folder, launcher, stack)
        group = await stack.enter_async_context(launcher.group(limits))
        proxy = Proxy(room.proxy_socket, self._operator_networks)
        await proxy.start()
        stack.push_async_callback(proxy.close)
        said = Output(SAID_BYTES, None, lambda: None)
        confined = Confined(said.take)
        channel = self._spawn(new, room, confined)
        stack.push_async_callback(_end, confined)
        stack.callback(channel.close)
        door = Door(proxy, channel)
        stack.push_async_callback(door.close)
        init = await _let_in(confined, group)
        if init is None or not await is_ready(channel):
            raise Unavailable(
                f"the sandbox could not be made: {said.text('stderr').strip() or 'it did not start'}",
                hint=" ".join(WAYS_OUT),
            )
        scratch = _scratch(writable_root=new.writable_root)
        guard = Guard(channel, limits, room.work, room.run, group, scratch)
        watching = asyncio.ensure_future(guard.watch(init))
        stack.push_async_callback(settled, [watching])
        stack.callback(watching.cancel)
        return Body(channel, guard, door, room.work, room.run)

    def _spawn(self, new: NewLive, room: Room, confined: Confined) -> Channel:
        work = {WORK: room.work, HOME: room.work}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                launch = Launch(
                    arguments(find_interpreter("python"), str(theirs.fileno()), new.limits),
                    writable={RUN: room.run, **(work if new.writable else {})},
                    readable={PROXY_SOCKET: room.proxy_socket, **({} if new.writable else work)},
                    files=sources(),
                    writable_root=new.writable_root,
                    passed=(theirs.fileno(),),
                )
                self._sandbox.launcher.spawn(confined, launch)
        except BaseException:
            ours.close()
            raise
        return Channel(ours)


async def _let_in(confined: Confined, group: Group | None) -> int | None:
    """Open the gate once the first process is where it is counted; its number on the host, None when there is none."""
    init = await confined.started()
    if init is None:
        return None
    await asyncio.to_thread(confine, init, group)
    confined.open_gate()
    return init


async def _end(confined: Confined) -> None:
    with suppress(ProcessLookupError):
        await confined.end()


def _scratch(*, writable_root: bool) -> Mapping[str, int]:
    return {**MEMORY_FOLDERS, "/": WRITABLE_ROOT_BYTES} if writable_root else MEMORY_FOLDERS
