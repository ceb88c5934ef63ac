"""Models, providers, keys, budgets and usage from the terminal."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from tests.commands.saying import said_by
from tests.fakes.llm_server import FakeLLM
from tests.llm.money.spending import CENT, flush, provider, spend
from tests.world import Person, World

Run: TypeAlias = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
async def ana(small_world: World) -> Person:
    return await small_world.person("ana")


@pytest.fixture
def run(small_world: World, ana: Person) -> Run:
    """The exit code of a command, what it printed and what it said beside."""

    async def command(*arguments: str, **env: str) -> tuple[int, str, str]:
        return await said_by(small_world, ana, *arguments, **env)

    return command


async def test_a_provider_is_added_tried_and_removed(run: Run, ana: Person, fake_llm: FakeLLM) -> None:
    add = ("providers", "add", "openai_compatible", "--name", "fake", "--base-url", fake_llm.openai_url)
    code, out, err = await run(*add, "--model", "plain", "--default", ENTOURAGE_PROVIDER_KEY="sk-test")
    assert code == 0, err
    (item,) = (await ana.get("/api/v1/providers"))["items"]
    assert (item["id"], item["name"], item["models"]) == (out.strip(), "fake", ["plain"])
    code, out, _ = await run("providers", "list")
    assert out.splitlines()[0].split()[:2] == ["name", "type"]
    assert "openai_compatible" in out
    code, out, _ = await run("models", "list", "--json")
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["fake/plain", "offline"]
    code, out, err = await run("models", "test", "fake/plain")
    assert code == 0, err
    assert "fake/plain answered in" in out
    code, _, err = await run("models", "test", "nothing")
    assert code == 1
    assert "nothing" in err
    assert (await run("providers", "remove", "fake"))[0] == 0
    assert (await ana.get("/api/v1/providers"))["items"] == []
    code, _, err = await run("providers", "remove", "fake")
    assert code == 1
    assert "There is no provider 'fake'" in err


async def test_a_key_is_made_bounded_and_revoked(run: Run, ana: Person) -> None:
    code, out, err = await run("keys", "new", "laptop", "--model", "fast", "--days", "30", "--hard-usd", "5")
    assert code == 0, err
    assert out.startswith("ent_vk_")
    (item,) = (await ana.get("/my/gateway-keys"))["items"]
    assert (item["models"], item["budget"]["hard_usd"]) == (["fast"], "5")
    code, out, _ = await run("keys", "list", "--json")
    assert json.loads(out)["prefix"] == item["prefix"]
    for amount in ("6", "7"):
        code, _, err = await run("budgets", "set", "--key", "laptop", "--hard-usd", amount)
        assert code == 0, err
    code, out, _ = await run("budgets", "list", "--json")
    (budget,) = [json.loads(line) for line in out.splitlines()]
    assert (budget["subject_name"], budget["hard_usd"]) == ("laptop", "7")
    code, _, err = await run("budgets", "set", "--key", "laptop", "--agent", "x", "--hard-usd", "1")
    assert code == 1
    assert (await run("keys", "revoke", item["prefix"]))[0] == 0
    assert (await ana.get("/my/gateway-keys"))["items"] == []


async def test_usage_is_told_by_model_agent_and_day(run: Run, ana: Person, small_world: World) -> None:
    made = await provider(ana)
    await spend(small_world, ana, made["id"], CENT, agent="coder")
    await flush(small_world)
    for by, label in {"model": "m", "agent": "coder"}.items():
        code, out, _ = await run("usage", "--by", by)
        assert code == 0
        head, line, total = out.splitlines()
        assert head.startswith("label")
        assert line.split()[0] == label
        assert total == "1 calls, $0.01 in 30 days"
    code, out, _ = await run("usage", "--by", "day", "--json")
    assert json.loads(out)["cost_usd"] == "0.01"
    code, _, err = await run("usage", "--all")
    assert code == 1
    assert "admin" in err
