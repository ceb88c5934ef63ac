"""The child that builds: a copy of the collection with an index, caught up with what changed, which then serves."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable
from io import BufferedReader
from pathlib import Path

from entourage.kit.errors import Problem, Unavailable
from entourage.stores.vectors.edge import copying, policy, wire
from entourage.stores.vectors.edge.folder import Folder, State
from entourage.stores.vectors.edge.inbox import Gone, Inbox
from entourage.stores.vectors.edge.serving import NOTICE, Serving, failed, opened, tell
from entourage.stores.vectors.edge.shard import Shard


def build(channel: socket.socket, path: Path, build_points: int) -> int:
    """Copy when told to, build, and when told to take over, catch up with what changed meanwhile and serve."""
    folder = Folder(path)
    inbox = Inbox(channel)
    try:
        state = folder.read()
        if state is None:
            raise Unavailable(f"There is no collection {path.name!r} any more")
        builder = _Builder(folder, state, build_points)
        tell(channel, NOTICE, wire.given(None))
        _obey(channel, inbox, builder.copy)
        _stepping_back(builder.build)
        tell(channel, NOTICE, wire.given(None))
        _obey(channel, inbox, builder.take_over)
    except Gone:
        return 0
    except (Problem, OSError) as error:
        tell(channel, NOTICE, failed(error))
        return 1
    return builder.serve(channel, inbox)


def _obey(channel: socket.socket, inbox: Inbox, work: Callable[[], object]) -> None:
    """Do `work` at the next call, and answer it."""
    (call,) = inbox.next(None)
    tell(channel, call.number, wire.given(work()))


class _Builder:
    def __init__(self, folder: Folder, state: State, build_points: int) -> None:
        self._folder = folder
        self._state = state
        self._build_points = build_points
        self._next = State(state.dimensions, folder.next_data(state), state.built)
        self._journal: BufferedReader | None = None
        self._shard: Shard

    def copy(self) -> None:
        """Copy what counts; nothing changes in it meanwhile."""
        copying.copy(self._folder.data(self._state), self._folder.data(self._next))
        self._journal = self._folder.journal().open("rb")

    def build(self) -> None:
        """Build the index, write it to disk, then make the changes that came meanwhile."""
        self._shard = opened(self._folder, self._next, self._build_points)
        self._next.built = self._shard.build()
        self._catch_up()

    def take_over(self) -> wire.Size:
        """Make the last changes; the journal grows no more. From now on this is the collection."""
        self._catch_up()
        assert self._journal
        if self._journal.tell() != os.fstat(self._journal.fileno()).st_size:
            raise Unavailable("The journal of changes ends in the middle of one")
        self._folder.write(self._next)
        self._folder.journal().unlink(missing_ok=True)
        return self._shard.size()

    def serve(self, channel: socket.socket, inbox: Inbox) -> int:
        return Serving(channel, self._folder, self._next, self._shard, inbox).run()

    def _catch_up(self) -> None:
        """Make every change that is wholly written in the journal."""
        assert self._journal
        while (message := _next_change(self._journal)) is not None:
            self._shard.change(message)


def _next_change(journal: BufferedReader) -> wire.Change | None:
    """The next change of a journal; None where it has not been written to its end."""
    start = journal.tell()
    head = journal.read(wire.HEAD.size)
    if len(head) == wire.HEAD.size:
        length, _ = wire.HEAD.unpack(head)
        body = journal.read(length)
        if len(body) == length:
            message = wire.messages.decode(body)
            assert isinstance(message, wire.WRITES)
            return message
    journal.seek(start)
    return None


def _stepping_back(work: Callable[[], None]) -> None:
    """Do `work` with less claim to the processor; by a thread, since what a process gave up it cannot take back."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            if sys.platform == "linux":  # elsewhere it is the whole process that would step back
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), policy.BUILD_NICE)
            work()
        except BaseException as error:  # raised where it is waited for
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
