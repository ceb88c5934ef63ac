"""A supervisor that was taken over gains nothing by what it says."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.kit.errors import Problem, Unavailable
from entourage.sandboxes.live.base import PtySize
from entourage.sandboxes.live.channel import Channel, Refused
from entourage.sandboxes.live.files import Files
from entourage.sandboxes.live.process import start


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.settimeout(5)
    yield ours, theirs
    theirs.close()


async def begin(channel: Channel, **options: object) -> object:
    return await start(channel, ["x"], env={}, cwd="/", limits={}, **{"stdin": False, "pty": None, **options})


async def question(theirs: socket.socket) -> tuple[dict[str, object], list[int]]:
    data, fds, _, _ = await asyncio.to_thread(socket.recv_fds, theirs, 1 << 17, 4)
    return json.loads(data), list(fds)


def opened() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_what_is_no_terminal_is_not_taken_for_one(ends: tuple[socket.socket, socket.socket]):
    ours, theirs = ends
    channel = Channel(ours)
    asking = asyncio.ensure_future(begin(channel, pty=PtySize(1, 1)))
    asked, _ = await question(theirs)
    before = opened()
    file = os.open("/etc/hostname", os.O_RDONLY)
    socket.send_fds(theirs, [json.dumps({"id": asked["id"], "pid": 3}).encode()], [file])
    os.close(file)
    with pytest.raises(Unavailable, match="no terminal"):
        await asking
    assert channel.closed.is_set()
    assert opened() < before  # with it went our end of the channel


async def test_unasked_descriptors_are_closed(ends: tuple[socket.socket, socket.socket]):
    ours, theirs = ends
    channel = Channel(ours)
    before = opened()
    read, write = os.pipe()
    for message in ({"id": 99, "pid": 1}, {"exit": 5, "code": 0}, {"nothing": 1}, {"id": "x"}):
        socket.send_fds(theirs, [json.dumps(message).encode()], [read, write])
    os.close(read)
    os.close(write)
    asking = asyncio.ensure_future(begin(channel))
    asked, given = await question(theirs)
    for fd in given:
        os.close(fd)
    theirs.send(json.dumps({"id": asked["id"], "error": 2, "message": "no"}).encode())
    with pytest.raises(Problem):
        await asking
    assert opened() == before
    channel.close()


@pytest.mark.parametrize(
    "packet", [b"", b"x", b"[]", b"{", b"null", b'"' + b"x" * 1000 + b'"', b"\xff\xfe", b"[" * 50_000]
)
async def test_nonsense_ends_the_conversation(ends: tuple[socket.socket, socket.socket], packet: bytes):
    ours, theirs = ends
    channel = Channel(ours)
    asking = asyncio.ensure_future(begin(channel))
    _, given = await question(theirs)
    for fd in given:
        os.close(fd)
    theirs.send(packet) if packet else theirs.close()
    with pytest.raises(Unavailable, match="ended"):
        await asking
    assert channel.closed.is_set()


async def test_an_exit_of_what_was_never_started_and_codes_out_of_range(ends: tuple[socket.socket, socket.socket]):
    ours, theirs = ends
    channel = Channel(ours)
    exit_of = channel.exit_of(7)
    for message in ({"exit": 8, "code": 1}, {"exit": 7, "code": 70_000}, {"exit": 7, "code": 2}, {"exit": "7"}):
        theirs.send(json.dumps(message).encode())
    assert await asyncio.wait_for(exit_of, 5) == 70_000 & 0xFF
    channel.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"\n",
        b"[]\n",
        b'{"ok": [1, "x", {"path": 5, "size": "big", "mode": [], "kind": "evil"}]}\n',
        b'{"ok": null}\n',
        b"",
        b'{"error": "many", "message": 5}\n',
        b'{"error": 2}\n',
        b'{"ok": 5}\n',
    ],
)
async def test_lies_about_files_are_no_more_than_that(ends: tuple[socket.socket, socket.socket], answer: bytes):
    ours, theirs = ends
    channel = Channel(ours)
    asking = asyncio.ensure_future(Files(channel).list("/work"))
    asked, fds = await question(theirs)
    theirs.send(json.dumps({"id": asked["id"], "pid": -1}).encode())
    os.write(fds[0], answer)
    for fd in fds:
        os.close(fd)
    ending = asyncio.ensure_future(_kill_asked(theirs))
    try:
        for entry in await asking:
            assert isinstance(entry.size, int)
            assert entry.kind in ("file", "folder", "link", "other")
    except Problem:
        pass
    await ending
    channel.close()


async def _kill_asked(theirs: socket.socket) -> None:
    """Answers the question that ends a task."""
    asked, _ = await question(theirs)
    theirs.send(json.dumps({"id": asked["id"]}).encode())


async def test_a_refusal_is_told(ends: tuple[socket.socket, socket.socket]):
    ours, theirs = ends
    channel = Channel(ours)
    asking = asyncio.ensure_future(channel.ask({"op": "one", "pid": 5}))
    asked, _ = await question(theirs)
    theirs.send(json.dumps({"id": asked["id"], "error": 3, "message": "No such process"}).encode())
    with pytest.raises(Refused) as refused:
        await asking
    assert (refused.value.number, refused.value.reason) == (3, "No such process")
    channel.close()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["id", "exit", "code", "ready", "pid", "error"]), inner)
        ),
    )
)
def test_no_message_is_too_strange(message: object):
    async def main() -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        channel = Channel(ours)
        with theirs:
            theirs.send(json.dumps(message).encode())
            theirs.send(json.dumps({"ready": 1}).encode())
            waiting = [asyncio.ensure_future(each.wait()) for each in (channel.ready, channel.closed)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED, timeout=5)
            assert channel.ready.is_set() or channel.closed.is_set()
            for each in waiting:
                each.cancel()
        channel.close()

    asyncio.run(main())
