"""`entourage runs` and `entourage schedules`, as a person uses them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.test_command_line import entourage
from tests.e2e.processes import ADMIN, ServerProcess, running_server
from tests.fakes.llm_server import FakeLLM


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with running_server(tmp_path) as running:
        yield running


async def test_runs_are_listed_shown_forked_compared_and_led(server: ServerProcess) -> None:
    with FakeLLM("one_tool") as llm:
        anna = await server.sign_in()
        await anna.connect(llm.openai_url, ["plain"])
        sent = await anna.say(await anna.chat(), "go")
        await anna.client.aclose()
        _, token, _ = await entourage(server, "token", "new", "--user", ADMIN)
        env = {"ENTOURAGE_URL": server.url, "ENTOURAGE_TOKEN": token.strip()}
        run = sent["run_id"]

        code, out, err = await entourage(server, "runs", "list", "--status", "succeeded", "--json", **env)
        assert (code, json.loads(out)["id"]) == (0, run), err
        code, out, _ = await entourage(server, "runs", "show", run[-12:], **env)
        assert code == 0
        assert [line.split()[1] for line in out.splitlines()[2:]] == ["response", "tool", "response"]
        code, out, err = await entourage(server, "runs", "fork", run, "--at", "2", "--note", "briefly", **env)
        assert code == 0, err
        forked = out.strip()
        code, out, _ = await entourage(server, "runs", "compare", run, forked, "--json", **env)
        assert (code, json.loads(out)["differs_at"]) == (1, 2)
        code, out, _ = await entourage(server, "runs", "compare", run, run, **env)
        assert code == 0
        assert "total" in out
        for what, *more in (("pause",), ("resume",), ("steer", "hello")):
            code, _, err = await entourage(server, "runs", what, run, *more, **env)
            assert code == 1
            assert "ended" in err
        code, out, _ = await entourage(server, "runs", "cancel", run, **env)
        assert (code, out.strip()) == (0, f"{run} is succeeded.")
        code, _, err = await entourage(server, "runs", "show", "nothing", **env)
        assert code != 0
        assert "no run" in err


async def test_schedules_from_the_terminal(server: ServerProcess) -> None:
    with FakeLLM("echo") as llm:
        anna = await server.sign_in()
        await anna.connect(llm.openai_url, ["plain"])
        await anna.client.aclose()
        _, token, _ = await entourage(server, "token", "new", "--user", ADMIN)
        env = {"ENTOURAGE_URL": server.url, "ENTOURAGE_TOKEN": token.strip()}
        code, out, err = await entourage(
            server, "schedules", "add", "news", "0 9 * * *", "What is new?", "--timezone", "Europe/Lisbon", **env
        )
        assert (code, out.startswith("news is due at 20")) == (0, True), err
        code, _, err = await entourage(server, "schedules", "add", "bad", "every day at noon x", "Hello", **env)
        assert code == 1
        code, out, _ = await entourage(server, "schedules", "pause", "news", **env)
        assert (code, out.strip()) == (0, "news is paused.")
        code, out, err = await entourage(server, "schedules", "run", "news", **env)
        assert code == 0, err
        code, out, _ = await entourage(server, "schedules", "list", "--json", **env)
        listed = json.loads(out)
        assert (listed["status"], listed["next_at"], listed["last_run_id"] is not None) == ("paused", None, True)
        assert (await entourage(server, "schedules", "resume", "news", **env))[0] == 0
        assert (await entourage(server, "schedules", "remove", "news", **env))[0] == 0
        _, out, _ = await entourage(server, "schedules", "list", "--json", **env)
        assert out == ""
