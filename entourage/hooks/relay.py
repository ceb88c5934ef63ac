"""The relay of one application: a small process that delivers its spool while its agents are at work, then ends.

Hooks reach it over a socket in the state folder. `wake` says that something was appended; `ask ID` waits for what the
server decides of that record; `take` hands over a body for which a person decides, which may take minutes; `quit` ends
it after what it is doing.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time

from .delivery import Delivery
from .envelope import event_of
from .hook import keep, state_folder
from .server import Refused, Server, Target, Unreachable, read_target
from .spool import Record, Spool

IDLE_SECONDS = 60.0
"""How long it stays without work, and how long it goes on trying."""

PAUSES_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
SLOW_SECONDS = 0.06
"""A server that takes longer is not waited for: whoever asks is told at once that there is no answer."""

LONG_SECONDS = 3_600.0
KEPT_ANSWERS = 100
_ORDER_BYTES = 65_536


class Relay:
    """Delivers the spool of `app`; hooks come through `serve`."""

    def __init__(self, target: Target, folder: str) -> None:
        self._target = target
        self._spool = Spool(folder, target.app)
        self._state_path = os.path.join(folder, target.app + ".state")
        self._delivery = Delivery(self._spool, Server(target), self._answered)
        self._woken = threading.Event()
        self._lock = threading.Lock()
        self._asking: dict[str, socket.socket] = {}
        self._answers: dict[str, bytes] = {}
        self._busy_since: float | None = None
        self._failures = 0
        self._taking = 0
        self._is_leaving = False

    def run(self) -> None:
        """Deliver until there was nothing to do, or no way to do it, for a while."""
        last = time.monotonic()
        while not self._is_leaving and (time.monotonic() - last < IDLE_SECONDS or self._taking):
            self._woken.wait(self._pause())
            self._woken.clear()
            self._busy_since = time.monotonic()
            try:
                if self._delivery.run():
                    last = time.monotonic()
                self._note(None)
            except Unreachable as error:
                self._note(error)
            finally:
                self._busy_since = None

    def _pause(self) -> float:
        """Until the next look: a second while all is well, longer and longer while the server is away."""
        return PAUSES_SECONDS[min(self._failures, len(PAUSES_SECONDS)) - 1] if self._failures else 1.0

    def _note(self, error: Unreachable | None) -> None:
        """Remember how it went, for the next pause and for `entourage hooks status`."""
        if error is None and self._failures == 0 and os.path.exists(self._state_path):
            return
        self._failures = self._failures + 1 if error else 0
        state = {"at_ms": int(time.time() * 1000), "error": str(error) if error else None}
        with open(self._state_path + ".new", "w", encoding="utf-8") as file:
            json.dump(state, file)
        os.replace(self._state_path + ".new", self._state_path)
        if error:
            self._give_up_asking()
            time.sleep(min(error.seconds or 0.0, PAUSES_SECONDS[-1]))

    @property
    def is_failing(self) -> bool:
        """Whether the last try did not get through, or none is wanted any more."""
        return self._failures > 0 or self._is_leaving

    def serve(self, listener: socket.socket) -> None:
        """Take orders of hooks, for ever."""
        while True:
            line, _ = listener.accept()
            threading.Thread(target=self._order, args=(line,), daemon=True).start()

    def _order(self, line: socket.socket) -> None:
        try:
            line.settimeout(5)
            order, _, rest = _first_line(line)
            words = order.split(b" ")
            if words[0] == b"ask":
                self._ask(words[1].decode(), line)
            elif words[0] == b"take":
                self._take(words, rest, line)
            else:
                self._is_leaving = self._is_leaving or words[0] == b"quit"
                line.close()
                self._woken.set()
        except (OSError, ValueError, IndexError):
            line.close()

    def _ask(self, record_id: str, line: socket.socket) -> None:
        with self._lock:
            answer = self._answers.pop(record_id, None)
            if answer is None and self._is_slow():
                answer = b""
            if answer is None:
                self._asking[record_id] = line
        self._woken.set()
        if answer is not None:
            _send(line, answer)

    def _is_slow(self) -> bool:
        since = self._busy_since
        return self._failures > 0 or (since is not None and time.monotonic() - since > SLOW_SECONDS)

    def _answered(self, record_id: str, answer: bytes) -> None:
        with self._lock:
            line = self._asking.pop(record_id, None)
            if line is None:
                self._answers[record_id] = answer
                while len(self._answers) > KEPT_ANSWERS:
                    self._answers.pop(next(iter(self._answers)))
        if line:
            _send(line, answer)

    def _give_up_asking(self) -> None:
        with self._lock:
            lines, self._asking = list(self._asking.values()), {}
        for line in lines:
            _send(line, b"")

    def _take(self, words: list[bytes], rest: bytes, line: socket.socket) -> None:
        """Post a body for which a person decides, beside everything else. What fails goes to the spool."""
        mark, at_ms, length = words[1], int(words[2]), int(words[3])
        while len(rest) < length:
            piece = line.recv(_ORDER_BYTES)
            if not piece:
                return
            rest += piece
        record = Record(mark.decode(), at_ms, False, rest, 0)
        self._taking += 1
        try:
            _send(line, self._decision(record))
        finally:
            self._taking -= 1

    def _decision(self, record: Record) -> bytes:
        event = event_of(record, self._target.app)
        server = Server(self._target)
        try:
            return server.post_hook(event, LONG_SECONDS) if event else b""
        except Refused as refusal:
            self._spool.refuse(record, str(refusal))
        except Unreachable:
            keep(self._target.app, record.id.encode(), record.at_ms, record.body, wanted=False)
            self._woken.set()
        finally:
            server.close()
        return b""


def _first_line(line: socket.socket) -> tuple[bytes, bytes, bytes]:
    data = b""
    while b"\n" not in data:
        piece = line.recv(_ORDER_BYTES)
        if not piece:
            raise ConnectionResetError
        data += piece
    return data.partition(b"\n")


def _send(line: socket.socket, answer: bytes) -> None:
    """Answer a hook, which may have gone on."""
    try:
        line.sendall(b"=" + answer)
    except OSError:
        pass
    finally:
        line.close()


def main(app: str) -> None:
    """Be the relay of `app`, unless there is one."""
    os.umask(0o077)
    folder = state_folder()
    os.chdir(folder)
    spool = Spool(folder, app)
    while True:
        with spool.reader() as is_mine:
            if not is_mine:
                return
            is_well = _run(read_target(app), folder)
        if not is_well or not spool.read():  # what a hook appended while this one was ending has no other reader
            return


def _run(target: Target, folder: str) -> bool:
    """Work until there is nothing to do; whether the server could be reached in the end."""
    relay = Relay(target, folder)
    name = target.app + ".sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        if os.path.exists(name):
            os.unlink(name)
        listener.bind(name)
        listener.listen(128)
        threading.Thread(target=relay.serve, args=(listener,), daemon=True).start()
        relay.run()
        os.unlink(name)
    return not relay.is_failing
