"""The supervisor: starts what the host asks for, tells when it ended, and reaps everybody else's orphans.

One message of JSON a packet, on a socket that it was given: `{"id", "op", ...}` with descriptors beside it. It never
opens, reads or waits for anything that programs could make slow: such work is done by forks of it (`tasks`).
Programs cannot look into it: it is not dumpable, so its /proc files belong to nobody inside.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import termios
import time
from typing import Any

PACKET_BYTES = 262_144
MOST_FDS = 4
PR_SET_DUMPABLE = 4
HIGHEST_FD = 4096
FIRST_TO_DIE = b"1000"
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Message = dict[str, Any]
libc = ctypes.CDLL(None, use_errno=True)


class Supervisor:
    """Answers the host until it hangs up."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.started: dict[int, bool] = {}
        """What was started and not yet reaped: whether it is a program (else a task)."""

    def serve(self) -> None:
        woken = self.listen_to_children()
        self.send({"ready": os.getpid()})
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(woken, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                if fd == woken:
                    os.read(woken, 4096)
                    self.reap()
                elif not self.answer():
                    return

    def listen_to_children(self) -> int:
        read, write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, heard)
        return read

    def answer(self) -> bool:
        """Do what one message asks. Gives False when the host has hung up."""
        packet, fds, _, _ = socket.recv_fds(self.control, PACKET_BYTES, MOST_FDS)
        if not packet:
            return False
        message = json.loads(packet)
        passed: list[int] = []
        try:
            reply = OPERATIONS[message["op"]](self, message, list(fds), passed)
        except OSError as error:
            reply = {"error": error.errno or 5, "message": error.strerror or str(error)}
        reply["id"] = message["id"]
        self.send(reply, passed)
        for fd in (*fds, *passed):
            os.close(fd)
        self.reap()
        return True

    def send(self, message: Message, fds: list[int] | tuple[()] = ()) -> None:
        data = json.dumps(message).encode()
        socket.send_fds(self.control, [data], list(fds))

    def reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self.started.pop(pid, None) is not None:
                self.send({"exit": pid, "code": exit_code(status)})

    def program(self, message: Message, fds: list[int], passed: list[int]) -> Message:
        """Start a program on the descriptors given (in, out, err), or on a terminal of its own."""
        opened: list[int] = []
        try:
            if message["pty"]:
                master, slave = os.openpty()
                opened += [slave]
                passed.append(master)
                set_size(master, message["pty"])
                streams = [slave, slave, slave]
            else:
                streams = fds if message["stdin"] else [os.open(os.devnull, os.O_RDONLY), *fds]
                opened += [] if message["stdin"] else streams[:1]
            pid = self.fork_and_execute(message, streams)
        finally:
            for fd in opened:
                os.close(fd)
        return {"pid": pid}

    def fork_and_execute(self, message: Message, streams: list[int]) -> int:
        failed, tell = os.pipe2(os.O_CLOEXEC)
        try:
            pid = os.fork()
            if pid == 0:
                become(message, streams, tell)
            os.close(tell)
            tell = -1
            error = os.read(failed, 4)
        finally:
            os.close(failed)
            if tell >= 0:
                os.close(tell)
        if error:
            os.waitpid(pid, 0)
            number = int.from_bytes(error, "big")
            raise OSError(number, os.strerror(number))
        self.started[pid] = True
        return pid

    def task(self, message: Message, fds: list[int], passed: list[int]) -> Message:
        """Do something with files in a fork: the answer goes to the first descriptor."""
        pid = os.fork()
        if pid == 0:
            perform(message, fds, self.control)
        self.started[pid] = False
        return {"pid": pid}

    def signal(self, message: Message, fds: list[int], passed: list[int]) -> Message:
        """A signal to the group of what was started here; with `tree` SIGKILL to all that came of it."""
        pid = message["pid"]
        if pid in self.started:
            if message.get("tree"):
                kill_tree(pid)
            elif self.started[pid]:
                os.killpg(pid, message["number"])
            else:
                os.kill(pid, message["number"])
        return {}

    def everyone(self, message: Message, fds: list[int], passed: list[int]) -> Message:
        """A signal to every process but this one."""
        try:
            os.kill(-1, message["number"])
        except ProcessLookupError:
            pass
        return {}

    def one(self, message: Message, fds: list[int], passed: list[int]) -> Message:
        """SIGKILL to any process but this one."""
        if message["pid"] <= 1:
            raise ProcessLookupError(3, "No such process")
        os.kill(message["pid"], signal.SIGKILL)
        return {}

    def largest(self, message: Message, fds: list[int], passed: list[int]) -> Message:
        """SIGKILL to the process that holds the most memory."""
        sizes = [(resident_bytes(pid), pid) for pid in processes() if pid > 1]
        if sizes:
            os.kill(max(sizes)[1], signal.SIGKILL)
        return {}


def become(message: Message, streams: list[int], tell: int) -> None:
    """In the fork: turn into the program. Tells the number of the error when that fails."""
    try:
        own_session(streams, terminal=bool(message["pty"]))
        os.dup2(tell, 3, inheritable=False)
        os.closerange(4, HIGHEST_FD)
        tell = 3
        # from here on it may be looked at, which writing to its own /proc files needs
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        die_first()
        limit(message["limits"])
        os.chdir(message["cwd"])
        os.execvpe(message["argv"][0], message["argv"], message["env"])
    except OSError as error:
        os.write(tell, (error.errno or 5).to_bytes(4, "big"))
    finally:
        os._exit(127)


def own_session(streams: list[int], terminal: bool) -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    if terminal:
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    # moved out of the way first: a given descriptor may itself be 0, 1 or 2
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in streams]
    for number, fd in enumerate(moved):
        os.set_blocking(fd, True)
        os.dup2(fd, number)


def die_first() -> None:
    """When memory runs out, the kernel is to take programs rather than the supervisor."""
    try:
        fd = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(fd, FIRST_TO_DIE)
        os.close(fd)
    except OSError:
        pass


def limit(values: dict[str, int]) -> None:
    """Lower resource limits; a limit that is already below stays."""
    for name, value in values.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        at_most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (at_most, at_most))


def perform(message: Message, fds: list[int], control: socket.socket) -> None:
    """In the fork: do a task and end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        import tasks  # type: ignore[import-not-found]  # beside this file, inside

        tasks.perform(message["name"], message["args"], fds)
        code = 0
    finally:
        os._exit(code)


def set_size(fd: int, size: list[int]) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[0], size[1], 0, 0))


def exit_code(status: int) -> int:
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, group, session, ..."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


def kill_tree(root: int) -> None:
    """Kill a process, its session, and whatever descends from either, until nothing of it is left."""
    for attempt in range(20):
        if attempt > 1:
            time.sleep(0.005)  # the dying take their time, and count as processes until then
        found = tree(root)
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if not found:
            return


def tree(root: int) -> list[int]:
    """Living processes that descend from `root`, or are of its session."""
    relations: dict[int, tuple[str, int, int]] = {}
    for pid in processes():
        try:
            fields = stat_fields(pid)
            relations[pid] = (fields[0], int(fields[1]), int(fields[3]))
        except (OSError, ValueError, IndexError):
            pass
    family = {pid for pid, (_, _, session) in relations.items() if session == root} | {root}
    grew = True
    while grew:
        more = {pid for pid, (_, parent, _) in relations.items() if parent in family} - family
        family |= more
        grew = bool(more)
    return [pid for pid in family if pid in relations and relations[pid][0] not in "ZX" and pid > 1]


OPERATIONS = {
    "program": Supervisor.program,
    "task": Supervisor.task,
    "signal": Supervisor.signal,
    "everyone": Supervisor.everyone,
    "one": Supervisor.one,
    "largest": Supervisor.largest,
}


def heard(number: int, frame: object) -> None:
    """A child ended: being woken is all that is needed."""


def connected(where: str) -> socket.socket:
    """The socket to the host: an inherited descriptor by its number, or one to be called by its path."""
    if where.isdigit():
        return socket.socket(fileno=int(where))
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.connect(where)
    return control


def main() -> None:
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.umask(0o022)
    limit(json.loads(sys.argv[2]))
    control = connected(sys.argv[1])
    control.set_inheritable(False)
    Supervisor(control).serve()


if __name__ == "__main__":
    main()
