"""Jupyter's messages with one kernel, over ipc sockets. Imports ZeroMQ: import it lazily."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import zmq
import zmq.asyncio
from jupyter_client.session import Session

from entourage.sandboxes.interpreter.sockets import address, open_socket

Message: TypeAlias = dict[str, Any]
Channel: TypeAlias = Literal["shell", "iopub", "control"]

PORTS: Mapping[Channel, int] = {"shell": 1, "iopub": 2, "control": 4}
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
MAX_WAITING = 256
"""Messages that may wait to be read: whoever floods is held back by his own socket."""


def new_context() -> zmq.asyncio.Context:
    """What sockets are made of; one does for all kernels. `term` it in the end."""
    return zmq.asyncio.Context(io_threads=1)


class Channels:
    """The client's side of a kernel. What comes from it is signed with a key that its code can find: still hostile."""

    def __init__(self, context: zmq.asyncio.Context, folder: Path, name: str, key: str) -> None:
        self._session: Any = Session(key=key.encode(), username="entourage")
        self._context = context
        self._fds: dict[Channel, int] = {}
        self._sockets: dict[Channel, zmq.asyncio.Socket] = {}
        try:
            for channel, port in PORTS.items():
                self._fds[channel] = open_socket(folder, f"{name}-{port}")
                self._sockets[channel] = self._connected(channel)
        except BaseException:
            self.close()
            raise

    def renew(self, channel: Channel) -> None:
        """Connect again: ZeroMQ hangs up for good when a message is too large."""
        self._sockets[channel].close(linger=0)
        self._sockets[channel] = self._connected(channel)

    def _connected(self, channel: Channel) -> zmq.asyncio.Socket:
        socket = self._context.socket(zmq.SUB if channel == "iopub" else zmq.DEALER)
        socket.linger = 0
        socket.rcvhwm = MAX_WAITING
        socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
        if channel == "iopub":
            socket.subscribe(b"")
        socket.connect(address(self._fds[channel]))
        return socket

    async def send(
        self, channel: Channel, kind: str, content: Mapping[str, Any], metadata: Mapping[str, Any] | None = None
    ) -> str:
        """Send a request; its id."""
        message = self._session.msg(kind, content=dict(content), metadata=dict(metadata or {}))
        parts = self._session.serialize(message)
        await cast("Any", self._sockets[channel]).send_multipart(parts)
        return str(message["header"]["msg_id"])

    async def receive(self, channel: Channel) -> Message:
        """The next message that can be read; what cannot is skipped."""
        while True:
            parts = await self._sockets[channel].recv_multipart()
            try:
                _, rest = self._session.feed_identities(parts)
                return cast("Message", self._session.deserialize(rest))
            except (ValueError, TypeError, KeyError, IndexError, AttributeError):
                await asyncio.sleep(0)

    def close(self) -> None:
        """Let go of the sockets."""
        for socket in self._sockets.values():
            socket.close(linger=0)
        self._sockets.clear()
        while self._fds:
            os.close(self._fds.popitem()[1])


def parent_id(message: Message) -> str | None:
    """Which request a message belongs to."""
    parent = message.get("parent_header")
    return cast("dict[str, Any]", parent).get("msg_id") if isinstance(parent, dict) else None
