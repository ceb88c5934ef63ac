"""Services from the terminal."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.fakes.http_service import DOCUMENT, HttpService
from tests.tools.services.conftest import pets, town
from tests.world import Person, World

__all__ = ["pets", "town"]


async def run(world: World, person: Person, *arguments: str, **env: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "entourage", "services", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"ENTOURAGE_URL": world.url, "ENTOURAGE_TOKEN": person.token} | env,
    )
    async with asyncio.timeout(90):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_service_is_added_listed_and_removed(town: World, pets: HttpService, tmp_path: Path):
    ana = await town.person("ana")
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(DOCUMENT))
    add = ("add", "pets", f"{pets.url}/v1", "--openapi", str(file), "--auth", "bearer")
    code, out, err = await run(town, ana, *add, ENTOURAGE_SERVICE_SECRET="s3cret-of-pets")
    assert code == 0, err
    assert "left out: POST /upload" in err
    assert "s3cret" not in out + err
    assert (await ana.get(f"/api/v1/services/{out.strip()}"))["operations"] == 4
    code, out, _ = await run(town, ana, "list", "--json")
    assert {json.loads(line)["name"] for line in out.splitlines()} >= {"pets", "people", "billing"}
    code, _, err = await run(town, ana, "remove", "pets")
    assert (code, "Removed pets" in err) == (0, True)
    code, _, err = await run(town, ana, "remove", "pets")
    assert code == 1
    file.write_text("swagger: '2.0'")
    code, _, err = await run(town, ana, *add)
    assert (code, "OpenAPI" in err) == (1, True)
