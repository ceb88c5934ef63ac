"""What a coding agent runs at every hook: keep the body, wake the relay, and (where asked for) print its answer.

Run as `python3 -I -S -E hook.py APP [WAIT_MS]`, so it imports only what starts in no time: no `json`, no `socket`, no
`signal`. Whatever happens it exits with 0 and prints nothing but an answer: a hook never fails the agent. Nothing here
talks to the server; the relay (`relay.py`) does, from the spool. See docs/decisions/010.
"""

import _socket  # `socket` takes 4 ms to import
import fcntl
import os
import sys
import time

MAX_SPOOL_BYTES = 64 * 1_048_576
MAX_BODY_BYTES = 8 * 1_048_576
CONNECT_SECONDS = 0.02
LOCK_TRIES = 20
START_RELAY = "import sys; sys.path.insert(0, sys.argv[2]); from hooks.relay import main; main(sys.argv[1])"
LONG_WAIT_MS = 1_000
"""From here on a person decides: such a body is handed to the relay at once instead of waiting its turn."""


def main() -> None:
    """Read the body from standard input and see that it reaches the server, now or later."""
    app = sys.argv[1]
    wait_ms = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    until = time.monotonic() + wait_ms / 1000
    body = read_body()
    if not body:
        return
    os.umask(0o077)
    os.chdir(state_folder())  # sockets have short names only
    mark = event_id()
    now = int(time.time() * 1000)
    if wait_ms >= LONG_WAIT_MS:
        answer = handed_over(app, b"take %s %d %d\n%s" % (mark, now, len(body), body), until)
        if answer is None:
            keep(app, mark, now, body, wanted=False)
            wake(app)
    else:
        keep(app, mark, now, body, wanted=wait_ms > 0)
        answer = handed_over(app, b"ask %s\n" % mark, until) if wait_ms else wake(app)
    if answer:
        sys.stdout.write(answer.decode())
        sys.stdout.flush()


def read_body() -> bytes:
    """Everything on standard input, on one line (raw newlines of JSON are mere whitespace)."""
    pieces: list[bytes] = []
    size = 0
    while size <= MAX_BODY_BYTES:
        piece = os.read(0, 1_048_576)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces).replace(b"\n", b" ").replace(b"\r", b" ").strip()


def state_folder() -> str:
    """Where spools lie; made on first use."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.environ["HOME"], ".local", "state")
    folder = os.path.join(home, "entourage", "hooks")
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o700, exist_ok=True)
    return folder


def event_id() -> bytes:
    """A random UUID. The relay may deliver an event twice; by this id it is stored once."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:])).encode()


def keep(app: str, mark: bytes, now: int, body: bytes, *, wanted: bool) -> None:
    """Append one record to the spool in one write. The newline before it ends what a full disk may have torn."""
    record = b"\n%s %d %s %d %s\n" % (mark, now, b"?" if wanted else b"-", len(body), body)
    spool = os.open(app + ".spool", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        _share(spool)
        if os.fstat(spool).st_size + len(record) <= MAX_SPOOL_BYTES:
            os.write(spool, record)
        else:
            _count_dropped(app)
    finally:
        os.close(spool)


def _share(spool: int) -> None:
    """Hold off the relay's emptying of the spool, which takes microseconds; an agent never waits longer for it."""
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(spool, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            time.sleep(0.001)
        else:
            return


def _count_dropped(app: str) -> None:
    """One byte for each event the full spool did not take; `entourage hooks status` tells."""
    counter = os.open(app + ".dropped", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(counter, b".")
    os.close(counter)


def wake(app: str) -> None:
    """Tell the relay that there is something to deliver; start it when there is none."""
    line = connected(app)
    if line is None:
        start_relay(app)
        return
    line.send(b"wake\n")
    line.close()


def handed_over(app: str, order: bytes, until: float) -> "bytes | None":
    """The relay's answer to `order`: empty for "no opinion", None when it does not come in time."""
    line = connected(app)
    if line is None:
        start_relay(app)
        while line is None and time.monotonic() < until:
            time.sleep(0.004)
            line = connected(app)
    if line is None:
        return None
    try:
        line.settimeout(max(0.001, until - time.monotonic()))
        line.sendall(order)
        return _all_of(line, until)
    except OSError:  # out of time, or the relay went away
        return None


def _all_of(line: _socket.socket, until: float) -> "bytes | None":
    """The answer, which begins with "=" so that an empty one differs from a relay that died."""
    answer = b""
    while True:
        line.settimeout(max(0.001, until - time.monotonic()))
        piece = line.recv(65_536)
        if not piece:
            return answer[1:] if answer.startswith(b"=") else None
        answer += piece


def connected(app: str) -> "_socket.socket | None":
    """A connection to the relay of this application, None when none runs."""
    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(app + ".sock")
    except OSError:
        line.close()
        return None
    return line


def start_relay(app: str) -> None:
    """Start a relay that outlives this process and holds none of the agent's pipes; a second one ends at once."""
    parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if os.fork():
        return
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.execv(sys.executable, [sys.executable, "-I", "-S", "-E", "-c", START_RELAY, app, parent])
    finally:
        os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except BaseException:  # noqa: S110  the agent comes first; `status` shows what is not delivered
        pass
    os._exit(0)
