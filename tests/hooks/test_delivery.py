"""The spool and its relay: every event once, in order, whatever dies in between."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from entourage.commands.hooks.client import install_client, save_target
from entourage.commands.hooks.delivering import run_flush, tell_relay
from entourage.hooks.delivery import flush
from entourage.hooks.envelope import event_of
from entourage.hooks.hook import event_id, keep
from entourage.hooks.server import Server, Target
from entourage.hooks.spool import Record, Spool

APP = "claude-code"


class Sink(http.server.ThreadingHTTPServer):
    """A server that keeps events by id. `script` holds statuses of answers to come; 0 hangs up after storing."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SinkHandler)
        self.script: list[int] = []
        self.received: list[dict[str, Any]] = []
        self.decision: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def ids(self) -> list[str]:
        """Distinct events, in the order of their first coming."""
        return list(dict.fromkeys(event["id"] for event in self.received))

    def names(self) -> list[str]:
        known: dict[str, str] = {}
        for event in self.received:
            known.setdefault(event["id"], event["hook_event_name"])
        return list(known.values())


class SinkHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Sink

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.script.pop(0) if self.server.script else 200
        if status in (0, 200):
            self.server.received += [json.loads(line) for line in body.splitlines()]
        if status == 0:
            self.close_connection = True
            return
        answer = self.server.decision if self.path.startswith("/hooks/") else {"refused": []}
        self.send_response(status)
        text = json.dumps(answer).encode()
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The state folder of a person with hooks."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    folder = tmp_path / ".local/state/entourage/hooks"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    yield folder
    tell_relay(APP, b"quit\n")


def appended(name: str = "Stop", **more: Any) -> str:
    mark = event_id()
    body = json.dumps({"session_id": "s", "hook_event_name": name, **more}).encode()
    keep(APP, mark, 1_700_000_000_000, body, wanted=False)
    return mark.decode()


def flushed(state: Path, sink: Sink, seconds: float = 5.0) -> str | None:
    return flush(Spool(str(state), APP), Server(Target(sink.url, "k", APP)), seconds, pause=0.01)


def test_events_arrive_in_order_with_their_ids_and_the_spool_is_empty_after(state: Path, sink: Sink):
    ids = [appended(f"E{number}") for number in range(450)]
    assert flushed(state, sink) is None
    assert sink.ids() == ids
    assert sink.received[0]["ts"] == 1_700_000_000_000
    assert (state / f"{APP}.spool").stat().st_size == 0
    assert flushed(state, sink) is None
    assert len(sink.received) == 450


def test_a_server_that_stumbles_gets_everything_and_knows_it_by_its_ids(state: Path, sink: Sink):
    ids = [appended() for _ in range(450)]
    sink.script = [500, 0, 200, 429, 0, 503]
    assert flushed(state, sink) is None
    assert sink.ids() == ids
    assert len(sink.received) > 450


def test_a_torn_line_costs_only_itself(state: Path, sink: Sink):
    first = appended()
    with (state / f"{APP}.spool").open("ab") as file:
        file.write(b'\n0b2 17000 - 900 {"session_id": "cut of')
    second = appended()
    with (state / f"{APP}.spool").open("ab") as file:
        file.write(b"\x00\xff garbage\n\n\n")
    third = appended()
    assert flushed(state, sink) is None
    assert sink.ids() == [first, second, third]


def test_an_offset_from_before_the_spool_was_emptied_loses_nothing(state: Path, sink: Sink):
    (state / f"{APP}.sent").write_text("999999")
    ids = [appended() for _ in range(3)]
    assert flushed(state, sink) is None
    assert sink.ids() == ids


def test_many_agents_append_at_once_while_it_is_delivered(state: Path, sink: Sink):
    program = """if True:
        import sys
        sys.path.insert(0, sys.argv[1])
        from hooks.hook import event_id, keep
        for number in range(200):
            keep("claude-code", event_id(), number, b'{"session_id":"s","hook_event_name":"X"}', wanted=False)
    """
    package = str(Path(sys.modules["entourage"].__file__ or "").parent)
    agents = [subprocess.Popen([sys.executable, "-I", "-S", "-E", "-c", program, package]) for _ in range(4)]
    while any(agent.poll() is None for agent in agents):
        assert flushed(state, sink) is None
    assert flushed(state, sink) is None
    assert len(sink.ids()) == len(sink.received) == 800


def test_a_spool_that_is_full_counts_what_it_did_not_take(state: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("entourage.hooks.hook.MAX_SPOOL_BYTES", 1000)
    for _ in range(20):
        appended()
    spool = Spool(str(state), APP)
    assert spool.size() <= 1000
    assert spool.dropped() == 20 - len(spool.read()) > 0


def test_what_the_server_will_never_take_does_not_hold_up_the_rest(state: Path, sink: Sink):
    keep(APP, event_id(), 1, b"not json", wanted=False)
    ids = [appended() for _ in range(3)]
    sink.script = [422, 200, 422, 422, 200]  # all, the first, the others, each of them
    assert flushed(state, sink) is None
    assert len(set(ids) & set(sink.ids())) == 2
    assert Spool(str(state), APP).refused() == 2


def test_a_wrong_key_keeps_everything(state: Path, sink: Sink):
    appended()
    sink.script = [401] * 1000
    assert "401" in (flushed(state, sink, seconds=0.05) or "")
    assert len(Spool(str(state), APP).read()) == 1


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"", b"{", b"\xff", b"[" * 50_000])
def test_what_is_no_object_is_no_event(body: bytes):
    assert event_of(Record("i", 1, False, body, 0), APP) is None


def test_a_huge_body_is_cut_to_what_the_server_takes():
    body = {"session_id": "s", "tool_input": {"content": "é" * 3_000_000}, "tool_calls": [{"a": "b" * 900}] * 5_000}
    event = event_of(Record("i", 1, False, json.dumps(body).encode(), 0), APP)
    assert event is not None
    assert len(event) < 256 * 1024
    assert json.loads(event)["session_id"] == "s"


def test_the_project_is_the_git_root(tmp_path: Path):
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/deep/er").mkdir(parents=True)
    body = json.dumps({"session_id": "s", "cwd": str(tmp_path / "repo/deep/er")}).encode()
    event = event_of(Record("i", 1, False, body, 0), APP)
    assert event is not None
    assert json.loads(event)["project"] == "repo"


def hook(home: Path, body: Any, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The hook as an agent runs it."""
    command = f'f="{home}/.config/entourage/hooks/run"; [ ! -x "$f" ] || exec "$f" {" ".join(arguments)}'
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(["/bin/sh", "-c", command], input=text, env=environment, capture_output=True, check=False)


@pytest.fixture
def installed(state: Path, tmp_path: Path, sink: Sink) -> Path:
    """The home folder of a person whose hooks go to `sink`."""
    install_client(tmp_path / ".config/entourage/hooks")
    save_target(APP, sink.url, "k")
    return tmp_path


def test_a_hook_prints_the_servers_answer_and_nothing_else(installed: Path, sink: Sink):
    sink.decision = {"permission": "deny"}
    assert hook(installed, {"session_id": "s", "hook_event_name": "Stop"}, APP).stdout == b""
    asked = hook(installed, {"session_id": "s", "hook_event_name": "PreToolUse"}, APP, "900")
    assert json.loads(asked.stdout) == {"permission": "deny"}
    person = hook(installed, {"session_id": "s", "hook_event_name": "PermissionRequest"}, APP, "20000")
    assert json.loads(person.stdout) == {"permission": "deny"}
    assert run_flush(APP, 5) == 0
    assert sink.names() == ["Stop", "PreToolUse", "PermissionRequest"]


def test_no_opinion_is_no_word(installed: Path, sink: Sink):
    asked = hook(installed, {"session_id": "s", "hook_event_name": "PreToolUse"}, APP, "900")
    assert (asked.returncode, asked.stdout, asked.stderr) == (0, b"", b"")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\x00", b"null", b"x" * 2_000_000])
def test_a_hook_never_fails_its_agent(installed: Path, body: bytes):
    for arguments in ((APP,), (APP, "60"), ("never-installed",), (APP, "nonsense"), ()):
        ran = hook(installed, body, *arguments)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_a_hook_that_is_not_there_is_no_matter(tmp_path: Path):
    ran = hook(tmp_path / "elsewhere", {"session_id": "s"}, APP)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
