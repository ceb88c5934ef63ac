"""The OpenAPI document tells the truth: thousands of generated requests, no 5xx, no undocumented answer."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from tests.e2e.test_isolation import make_everything
from tests.fakes.llm_server import FakeLLM
from tests.world import World

EXAMPLES = int(os.environ.get("ENTOURAGE_TEST_EXAMPLES", "3"))
"""Of each operation, besides those for every parameter; more find more, and take longer."""
PARTS = 4
"""The routes are divided, so that workers share them."""

ENDLESS = r"^/my/(stream|sse)/"
"""Streams never end by themselves."""

SIGNING_OUT = r"^/api/v1/auth/(logout|password)$"
"""They take the token away from the requests that come after."""

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: Any, value: Any) -> bytes:
    """One line that is JSON, whatever it says."""
    return json.dumps(value).encode()


def configuration(person: Any, ids: dict[str, str]) -> SchemathesisConfig:
    """Requests as this person, about things that exist."""
    return SchemathesisConfig.from_dict(
        {
            "base-url": str(person.client.base_url),
            "headers": {"Authorization": f"Bearer {person.token}"},
            "seed": 1,
            "workers": 1,
            "continue-on-failure": True,
            "request-timeout": 60,
            "generation": {"max-examples": EXAMPLES, "database": "none"},
            # what is wrong on purpose comes from the fuzzing, and from the hostile bodies: its every combination takes
            # three times as long as all the rest
            "phases": {
                "stateful": {"enabled": False},
                "coverage": {"unexpected-methods": [], "generation": {"mode": "positive"}},
            },
            "parameters": {f"path.{name}": value for name, value in ids.items()},
            "warnings": False,
        }
    )


def part_of(document: dict[str, Any], number: int) -> dict[str, Any]:
    """The document with every so manieth path."""
    paths = {
        path: item for place, (path, item) in enumerate(sorted(document["paths"].items())) if place % PARTS == number
    }
    return {**document, "paths": paths}


def run(document: dict[str, Any], person: Any, ids: dict[str, str], *, deleting: bool) -> tuple[int, list[str]]:
    """How many answers were checked, and what was wrong with some."""
    schema = schemathesis.openapi.from_dict(document, config=configuration(person, ids))
    schema = schema.exclude(path_regex=ENDLESS).exclude(path_regex=SIGNING_OUT)
    schema = schema.include(method="DELETE") if deleting else schema.exclude(method="DELETE")
    answers, wrong, made = 0, list[str](), set[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(str(event.info if isinstance(event, events.NonFatalError) else event.exception))
        if not isinstance(event, events.ScenarioFinished):
            continue
        answers += len(event.recorder.interactions)
        for case_id, checks in event.recorder.checks.items():
            made.update(check.name for check in checks)
            for check in checks:
                if check.status == Status.FAILURE and check.name in CHECKS:
                    case = event.recorder.cases[case_id].value
                    if check.name == "not_a_server_error" and case.path.startswith("/v1/"):
                        continue  # a provider that is made up does not answer, and the gateway says so: 502
                    told = check.failure_info.failure if check.failure_info else check.name
                    sent = f"query {case.query}, body {case.body!r}"
                    wrong.append(f"{case.method} {case.path}: {told} ({sent[:500]})")
    assert deleting or set(CHECKS[:4]) <= made
    return answers, wrong


@pytest.mark.parametrize("number", range(PARTS))
async def test_every_answer_is_one_the_document_tells_of(
    small_own_world: World, fake_llm: FakeLLM, number: int
) -> None:
    anna = await small_own_world.person("anna", is_admin=True)
    mine = await make_everything(anna, fake_llm)
    document = part_of((await anna.client.get("/openapi.json")).json(), number)
    ids = {name: value for name, value in mine.ids.items() if name not in ("user_id", "token")}
    answers, wrong = await asyncio.to_thread(run, document, anna, ids, deleting=False)
    more, wrong_too = await asyncio.to_thread(run, document, anna, ids, deleting=True)
    assert sorted(set(wrong + wrong_too)) == []
    assert answers + more > 500 / PARTS
