"""The loop of a child that serves a collection."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import BinaryIO

from entourage.kit.errors import Invalid, Problem, Unavailable
from entourage.stores.vectors.base import Damaged
from entourage.stores.vectors.edge import policy, wire
from entourage.stores.vectors.edge.folder import REBUILD, Folder, State
from entourage.stores.vectors.edge.inbox import Call, Gone, Inbox
from entourage.stores.vectors.edge.shard import Shard

_PASSING = ("No space left", "Too many open files", "Permission denied", "Cannot allocate memory")
"""What the machine lacks for the moment; the index is no worse for it."""

NOTICE = 0
"""Number of what a child says without being asked: that it is ready, that it could not begin."""


def serve(channel: socket.socket, path: Path, build_points: int) -> int:
    """Open the collection, say so, and answer until the parent goes away."""
    folder = Folder(path)
    try:
        state = folder.read()
        if state is None:
            raise Damaged(f"There is no collection {path.name!r} any more")
        folder.clean(state)
        shard = opened(folder, state, build_points)
    except Problem as error:
        tell(channel, NOTICE, failed(error))
        return 1
    tell(channel, NOTICE, wire.given(shard.size()))
    return Serving(channel, folder, state, shard, Inbox(channel)).run()


def opened(folder: Folder, state: State, build_points: int) -> Shard:
    """The shard that counts. Raises Damaged when the engine cannot read it."""
    try:
        return Shard(folder.data(state), state.dimensions, state.built, build_points)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the engine's panics are no Exceptions
        if any(each in str(error) for each in _PASSING):
            raise Unavailable(f"The index in {folder.data(state)} cannot be opened: {error}") from error
        raise Damaged(f"The index in {folder.data(state)} cannot be opened: {error}", hint=REBUILD) from error


def tell(channel: socket.socket, number: int, reply: wire.Reply) -> None:
    channel.sendall(wire.framed(number, reply))


def failed(error: BaseException) -> wire.Reply:
    kind = "damaged" if isinstance(error, Damaged) else "invalid" if isinstance(error, Invalid) else "failed"
    return wire.Reply(wire.NULL, wire.Failed(kind, str(error)))


class Serving:
    """A shard, who asks it, and the journal that is kept while somebody builds a copy."""

    def __init__(self, channel: socket.socket, folder: Folder, state: State, shard: Shard, inbox: Inbox) -> None:
        self._channel = channel
        self._folder = folder
        self._shard = shard
        self._inbox = inbox
        self._journal: BinaryIO | None = None
        self._unsaved = False

    def run(self) -> int:
        """Answer until the parent goes away."""
        try:
            while True:
                self._turn(self._inbox.next(policy.SAVE_AFTER_SECONDS if self._unsaved else None))
        except (Gone, OSError):
            self._shard.close()
            return 0

    def _turn(self, calls: list[Call]) -> None:
        """Answer these, and one change after those that only read."""
        if not calls:
            self._save()
        for call in calls:
            tell(self._channel, call.number, self._reply(call))
        if calls and not isinstance(calls[0].message, wire.WRITES) and (change := self._inbox.change()):
            tell(self._channel, change.number, self._reply(change))

    def _reply(self, call: Call) -> wire.Reply:
        try:
            return wire.given(self._do(call))
        except Exception as error:  # the parent is told, whatever it was
            return failed(error)

    def _do(self, call: Call) -> object:
        match call.message:
            case wire.Upsert() | wire.Delete():
                return self._change(call.message, call.body)
            case wire.Freeze():
                return self._freeze()
            case wire.Thaw():
                return self._thaw()
            case _:
                return self._shard.answer(call.message)

    def _change(self, message: wire.Change, body: bytes) -> bool:
        """Make the change; whether building an index anew is worth it by now."""
        self._shard.change(message)
        self._unsaved = True
        if self._journal:
            self._journal.write(wire.HEAD.pack(len(body), NOTICE) + body)
            self._journal.flush()
        elif self._shard.wants_saving:
            self._save()
        return self._shard.is_stale

    def _save(self) -> None:
        self._shard.save()
        self._unsaved = False

    def _freeze(self) -> None:
        """From now on keep a journal. The folder is what it would be after `kill -9`, hence good to be copied."""
        self._thaw()
        self._journal = self._folder.journal().open("wb")

    def _thaw(self) -> None:
        if self._journal:
            self._journal.close()
            self._journal = None
            os.unlink(self._folder.journal())  # noqa: PTH108  who reads it has it open
