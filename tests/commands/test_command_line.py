"""The command line as a person uses it: real processes, exit codes, what is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import warm
from tests.e2e.processes import ADMIN, ServerProcess, running_server
from tests.e2e.walking import SALES, TOTAL
from tests.fakes.llm_server import FakeLLM


async def entourage(server: ServerProcess, *arguments: str, stdin: str = "", **env: str) -> tuple[int, str, str]:
    """Exit code, output, and what was said beside it."""
    return await warm.said(*arguments, env=server.environment | env, stdin=stdin)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with running_server(tmp_path) as running:
        yield running


async def test_asking_answers_and_can_be_replayed(server: ServerProcess, tmp_path: Path) -> None:
    with FakeLLM("auto") as llm:
        anna = await server.sign_in()
        await anna.connect(llm.openai_url, ["plain"])
        await anna.client.aclose()
        code, token, _ = await entourage(server, "token", "new", "--user", ADMIN)
        assert code == 0
        asked = ("ask", "--url", server.url, "--token", token.strip())
        code, out, err = await entourage(server, *asked, "say hello")
        assert (code, out.strip()) == (0, "Echo: say hello"), err

        table = tmp_path / "sales.csv"
        table.write_bytes(SALES)
        code, out, _ = await entourage(server, *asked, "--json", "--file", str(table), "chart it")
        events = [json.loads(line) for line in out.splitlines()]
        assert code == 0
        assert events[-1]["type"] == "task_completed"
        session = events[-1]["session_id"]
        code, out, _ = await entourage(server, "replay", session)
        assert code == 0
        assert TOTAL in out
        code, out, _ = await entourage(server, "replay", session, "--view", "events")
        assert "artifact_created" in out
        code, out, _ = await entourage(server, "replay", session, "--view", "cost")
        assert code == 0
        assert "6 calls" in out

        code, out, err = await entourage(server, *asked, "ask me", stdin="green\n")
        assert (code, out.strip()) == (0, "You chose: green")
        assert "Which colour" in err
        code, _, err = await entourage(server, *asked, "--agent", "nobody", "hi")
        assert code == 1
        assert "nobody" in err
        llm.play("wrong_key")
        code, out, err = await entourage(server, *asked, "hello")
        assert code == 1
        assert "key" in err.lower()


async def test_wrong_uses_say_what_to_do(server: ServerProcess, tmp_path: Path) -> None:
    code, _, err = await entourage(server, "ask", "--url", server.url, "--token", "nonsense", "hi")
    assert code == 1
    assert err.strip()
    code, _, err = await entourage(server, "ask", "--url", "http://127.0.0.1:1", "--token", "x", "hi")
    assert code == 1
    assert "No server answers" in err
    code, _, err = await entourage(server, "replay", "nonsense")
    assert code == 1
    code, _, err = await entourage(server, "serve", "--port", str(server.port + 1))
    assert code != 0
    assert "Another server works on" in err
    code, _, err = await entourage(server, "user", "add", "b@example.com", ENTOURAGE_PASSWORD="short")
    assert code == 1
    assert "characters" in err


async def test_people_and_schema_without_a_server(tmp_path: Path) -> None:
    here = ServerProcess(tmp_path)
    code, _, err = await entourage(here, "migrate", "--check")
    assert code == 1
    assert "entourage migrate" in err
    assert (await entourage(here, "migrate"))[0] == 0
    assert (await entourage(here, "migrate", "--check"))[0] == 0
    code, _, err = await entourage(here, "user", "add", "b@example.com", "--admin", ENTOURAGE_PASSWORD="long enough pw")
    assert code == 0, err
    code, _, err = await entourage(here, "user", "add", "B@Example.com", ENTOURAGE_PASSWORD="long enough pw")
    assert code == 1
    assert "already" in err
    code, key, _ = await entourage(here, "token", "new", "--days", "3")
    assert code == 0
    assert len(key.strip()) > 20
    code, _, err = await entourage(here, "doctor")
    assert code == 0, err
    assert "database" in err.lower() or "sqlite" in err.lower()
    assert (await entourage(here, "migrate", "--to", "base"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["serve", "--help"], 0, "entourage serve [OPTIONS]"),
        (["token", "new", "--help"], 0, "entourage token new [OPTIONS]"),
        (["--help"], 0, "sandbox"),
        (["serv"], 2, "Did you mean 'serve'"),
        (["token", "nev"], 2, "No such command 'nev'"),
    ],
)
def test_a_command_that_is_made_alone_is_told_of_as_among_all(arguments: list[str], code: int, told: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "entourage", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == code
    assert told in ended.stdout + ended.stderr
