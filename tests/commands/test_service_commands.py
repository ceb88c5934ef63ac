"""Services from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.saying import said_by
from tests.fakes.http_service import DOCUMENT, HttpService
from tests.tools.services.conftest import pets, town
from tests.world import Person, World

__all__ = ["pets", "town"]


async def run(world: World, person: Person, *arguments: str, **env: str) -> tuple[int, str, str]:
    return await said_by(world, person, "services", *arguments, **env)


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
