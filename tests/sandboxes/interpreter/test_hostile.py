"""Sandboxed code against the host's side of its interpreter."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from entourage.kit.errors import Unavailable
from entourage.sandboxes.interpreter.sockets import address, open_socket, remove_sockets
from tests.sandboxes.interpreter.conftest import Room


@pytest.fixture
def canary(tmp_path: Path):
    """A socket of the host that nothing in the sandbox may reach."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "canary"))
        listening.listen()
        listening.setblocking(False)
        yield tmp_path / "canary", listening


def test_only_sockets_are_opened_and_no_link_is_followed(tmp_path: Path, canary):
    folder = tmp_path / "run"
    folder.mkdir()
    path, listening = canary
    (folder / "k-1").symlink_to(path)
    (folder / "k-2").write_text("no socket")
    os.mkfifo(folder / "k-3")
    (folder / "k-4").mkdir()
    for name in ("k-1", "k-2", "k-3", "k-4", "k-5"):
        with pytest.raises(Unavailable):
            open_socket(folder, name)
    with pytest.raises(ValueError, match="no name"):
        open_socket(folder, "../canary")
    with pytest.raises(BlockingIOError):
        listening.accept()
    remove_sockets(folder, "k")
    assert path.exists()
    assert [each.name for each in folder.iterdir()] == ["k-4"]


def test_a_socket_that_was_opened_stays_the_one_that_is_meant(tmp_path: Path, canary):
    path, _ = canary
    with socket.socket(socket.AF_UNIX) as mine, socket.socket(socket.AF_UNIX) as client:
        mine.bind(str(tmp_path / "k-1"))
        mine.listen()
        fd = open_socket(tmp_path, "k-1")
        (tmp_path / "k-1").unlink()
        (tmp_path / "k-1").symlink_to(path)
        client.connect(address(fd).removeprefix("ipc://"))
        mine.accept()[0].close()
        os.close(fd)


async def test_code_that_speaks_for_its_driver_only_fools_itself(room: Room):
    code = """
import sys
token = sys.argv[0] or [a for a in open('/proc/self/cmdline').read().split(chr(0)) if len(a) == 32][-1]
frame = chr(0) + token + chr(0) + '{}' + chr(0)
sys.stdout.write(frame.format('{"type":"result","data":7}') + frame.format('[1]') + frame.format('{"type":"nonsense"}'))
sys.stdout.write(frame.format('{"type":"result","main":true,"data":{"text/plain":[1]}}'))
sys.stdout.flush()
"""
    ran = await room.run(code)
    assert ran.error is None
    assert ran.text is None
    assert (await room.run("1 + 1")).text == "2"
