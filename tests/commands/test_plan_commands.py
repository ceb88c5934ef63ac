"""Plans from the terminal."""

from __future__ import annotations

import json

from tests.agents.planning.following import begin, until_ended, until_status
from tests.commands.saying import said_by
from tests.fakes.llm_server import FakeLLM
from tests.world import Person, World


async def run(world: World, person: Person, *arguments: str) -> tuple[int, str, str]:
    return await said_by(world, person, "plans", *arguments)


async def test_plans_are_listed_approved_shown_and_cancelled(small_world: World, fake_llm: FakeLLM) -> None:
    fake_llm.play("team")
    ana = await small_world.person("ana")
    await ana.connect(fake_llm.openai_url, ["plain"])
    first, second = await begin(ana), await begin(ana)
    for plan in (first, second):
        await until_status(ana, plan, "proposed")
    code, out, err = await run(small_world, ana, "list", "--status", "proposed", "--json")
    assert (code, [json.loads(line)["id"] for line in out.splitlines()]) == (0, [second["id"], first["id"]]), err
    assert "0/6" in (await run(small_world, ana, "list"))[1]
    assert (await run(small_world, ana, "approve", first["id"]))[0] == 0
    await until_ended(ana, first)
    code, out, _ = await run(small_world, ana, "show", first["id"])
    assert (code, out.startswith("succeeded: "), "read-alpha, read-beta" in out) == (0, True, True)
    code, out, _ = await run(small_world, ana, "cancel", second["id"])
    assert (code, out) == (0, f"cancelled {second['id']}\n")
    code, _, err = await run(small_world, ana, "approve", second["id"])
    assert (code, "no proposed plan" in err) == (1, True)
