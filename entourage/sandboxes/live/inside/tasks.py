"""Work on files, each in a fork of the supervisor: the first descriptor takes the answer, the second gives the input.

An answer begins with one line of JSON, `{"ok": ...}` or `{"error": errno, "message": ...}`.
"""

from __future__ import annotations

import errno
import grp
import json
import os
import pwd
import stat
import struct
from collections.abc import Callable, Iterator
from typing import Any

CHUNK_BYTES = 262_144
MOST_ENTRIES = 10_000
TEMPORARY = ".entourage-part-"

Json = dict[str, Any]


def perform(name: str, args: Json, fds: list[int]) -> None:
    """Do one task. Never raises OSError: it is told."""
    try:
        TASKS[name](args, fds)
    except OSError as error:
        say(fds[0], {"error": error.errno or errno.EIO, "message": error.strerror or str(error)})
    except RecursionError:
        say(fds[0], {"error": errno.ELOOP, "message": "too deep"})


def say(fd: int, message: Json) -> None:
    push(fd, json.dumps(message).encode() + b"\n")


def push(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def entry(path: str, status: os.stat_result | None = None) -> Json:
    """What `stat` tells of a name, links not followed."""
    found = os.lstat(path) if status is None else status
    return {
        "path": path,
        "name": os.path.basename(path) or "/",
        "kind": kind(found.st_mode),
        "size": found.st_size,
        "mode": stat.S_IMODE(found.st_mode),
        "mtime": found.st_mtime,
        "owner": named(lambda: pwd.getpwuid(found.st_uid).pw_name, found.st_uid),
        "group": named(lambda: grp.getgrgid(found.st_gid).gr_name, found.st_gid),
        "target": os.readlink(path) if stat.S_ISLNK(found.st_mode) else None,
    }


def named(find: Callable[[], str], number: int) -> str:
    try:
        return find()
    except KeyError:
        return str(number)


def kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def stat_one(args: Json, fds: list[int]) -> None:
    say(fds[0], {"ok": entry(args["path"])})


def list_folder(args: Json, fds: list[int]) -> None:
    found: list[Json] = []
    for path in below(args["path"], args["depth"]):
        try:
            found.append(entry(path))
        except OSError:
            continue  # gone meanwhile
        if len(found) >= MOST_ENTRIES:
            break
    say(fds[0], {"ok": found})


def below(folder: str, depth: int) -> Iterator[str]:
    """Paths below a folder, by name, each folder before what is in it."""
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        yield path
        if depth > 1 and os.path.isdir(path) and not os.path.islink(path):
            try:
                yield from below(path, depth - 1)
            except OSError:
                continue


def make_folder(args: Json, fds: list[int]) -> None:
    path = args["path"]
    if os.path.isdir(path):
        say(fds[0], {"ok": False})
        return
    os.makedirs(path)
    say(fds[0], {"ok": True})


def move(args: Json, fds: list[int]) -> None:
    source, target = args["source"], args["target"]
    os.lstat(source)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        run(["/bin/mv", "-T", "--", source, target])
    say(fds[0], {"ok": entry(target)})


def remove(args: Json, fds: list[int]) -> None:
    path = args["path"]
    if stat.S_ISDIR(os.lstat(path).st_mode):
        run(["/bin/rm", "-rf", "--", path])
    else:
        os.unlink(path)
    say(fds[0], {"ok": True})


def run(argv: list[str]) -> None:
    """Let a program of the system do it. Raises OSError when it says no."""
    quiet = os.open(os.devnull, os.O_RDWR)
    streams = [(os.POSIX_SPAWN_DUP2, quiet, number) for number in (0, 1, 2)]
    pid = os.posix_spawn(argv[0], argv, dict(os.environ), file_actions=streams)
    os.close(quiet)
    if os.waitpid(pid, 0)[1] != 0:
        raise OSError(errno.EACCES, f"{os.path.basename(argv[0])} was refused")


def read(args: Json, fds: list[int]) -> None:
    fd = os.open(args["path"], os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(fd)
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, "Is a directory")
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file")
    say(fds[0], {"ok": entry(args["path"], status)})
    while True:
        chunk = os.read(fd, CHUNK_BYTES)
        if not chunk:
            return
        push(fds[0], chunk)


def write(args: Json, fds: list[int]) -> None:
    """Chunks come as a length and that many bytes; a length of 0 says that it was all."""
    path = os.path.realpath(args["path"])
    if os.path.isdir(path):
        raise OSError(errno.EISDIR, "Is a directory")
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    before = existing(path)
    # watchers are not told of this name; it says whether the last one was there already
    temporary = os.path.join(folder, f"{TEMPORARY}{'new' if before is None else 'old'}-{os.getpid()}")
    mode = args["mode"] if args["mode"] is not None else 0o644 if before is None else stat.S_IMODE(before.st_mode)
    try:
        if not receive(fds[1], temporary, mode):
            os.unlink(temporary)
            return
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    say(fds[0], {"ok": entry(path)})


def existing(path: str) -> os.stat_result | None:
    """What is at a path that a file may replace. Raises OSError when it is no file, or not the user's to write."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file")
    if not os.access(path, os.W_OK):
        raise OSError(errno.EACCES, "Permission denied")
    return status


def receive(source: int, path: str, mode: int) -> bool:
    """Write all chunks to a new file, closed when this returns: a program that is written to cannot be started.

    Gives False when the input broke off.
    """
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(target, mode)
        return copy(source, target)
    finally:
        os.close(target)


def copy(source: int, target: int) -> bool:
    while True:
        head = exactly(source, 4)
        if head is None:
            return False
        (length,) = struct.unpack(">I", head)
        if length == 0:
            return True
        chunk = exactly(source, length)
        if chunk is None:
            return False
        push(target, chunk)


def exactly(fd: int, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(fd, count - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)


def list_processes(args: Json, fds: list[int]) -> None:
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    found: list[Json] = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) in {1, os.getpid()}:
            continue
        try:
            found.append(process(int(name), ticks, page))
        except (OSError, ValueError, IndexError):
            continue  # gone meanwhile
    say(fds[0], {"ok": found})


def process(pid: int, ticks: int, page: int) -> Json:
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        text = file.read()
    with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
        command = file.read(2000).replace("\0", " ").strip()
    fields = text.rpartition(")")[2].split()
    return {
        "pid": pid,
        "parent": int(fields[1]),
        "command": command or text[text.find("(") + 1 : text.rfind(")")],
        "state": fields[0],
        "memory_bytes": int(fields[21]) * page,
        "cpu_seconds": (int(fields[11]) + int(fields[12])) / ticks,
    }


def watch(args: Json, fds: list[int]) -> None:
    import watching  # type: ignore[import-not-found]  # beside this file, inside

    watching.watch(args["path"], args["recursive"], fds[0], say)


def forward(args: Json, fds: list[int]) -> None:
    import forwarding  # type: ignore[import-not-found]

    forwarding.forward(args["port"], args["path"], fds[0], say)


TASKS: dict[str, Callable[[Json, list[int]], None]] = {
    "stat": stat_one,
    "list": list_folder,
    "mkdir": make_folder,
    "move": move,
    "remove": remove,
    "read": read,
    "write": write,
    "processes": list_processes,
    "watch": watch,
    "forward": forward,
}
