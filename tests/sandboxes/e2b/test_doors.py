"""Who may come in by E2B's doors, and what is refused there."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

import httpx
import pytest

from tests.sandboxes.e2b.conftest import Account, account
from tests.world import World

DATA_DOORS = [
    ("GET", "/health"),
    ("GET", "/files?path=a.txt"),
    ("POST", "/files?path=a.txt"),
    ("POST", "/process.Process/List"),
    ("POST", "/process.Process/Start"),
    ("POST", "/process.Process/SendSignal"),
    ("POST", "/filesystem.Filesystem/Stat"),
    ("POST", "/filesystem.Filesystem/Remove"),
    ("POST", "/execute"),
    ("GET", "/contexts"),
    ("POST", "/contexts"),
]
CONTROL_DOORS = [
    ("GET", ""),
    ("DELETE", ""),
    ("POST", "/connect"),
    ("POST", "/resume"),
    ("POST", "/pause"),
    ("POST", "/timeout"),
    ("POST", "/refreshes"),
    ("PUT", "/network"),
    ("GET", "/metrics"),
    ("GET", "/logs"),
    ("POST", "/snapshots"),
    ("POST", "/fork"),
]


async def data(who: Account, method: str, path: str, sandbox_id: str, token: str, **more: Any) -> httpx.Response:
    headers = {"e2b-sandbox-id": sandbox_id, "x-access-token": token, **more.pop("headers", {})}
    async with httpx.AsyncClient(verify=False) as client:
        return await client.request(method, f"{who.url}{path}", headers=headers, **more)


async def call(who: Account, sandbox: dict[str, Any], method: str, body: Any = None) -> httpx.Response:
    return await data(who, "POST", f"/{method}", sandbox["sandboxID"], sandbox["envdAccessToken"], json=body or {})


def envelope(message: Any, flag: int = 0) -> bytes:
    raw = json.dumps(message).encode()
    return struct.pack(">BI", flag, len(raw)) + raw


@pytest.mark.parametrize(("method", "path"), CONTROL_DOORS)
async def test_another_persons_sandbox_is_not_there(ana: Account, e2b_world: World, method: str, path: str):
    mine = await ana.create()
    ben = await account(e2b_world, "ben", ana.folder)
    answer = await ben.ask(method, f"/sandboxes/{mine['sandboxID']}{path}", json={"timeout": 60})
    assert answer.status_code == 404, answer.text
    assert set(answer.json()) == {"code", "message"}
    assert (await ben.ask("GET", "/v2/sandboxes")).json() == []
    assert (await ana.ask("GET", f"/sandboxes/{mine['sandboxID']}")).json()["state"] == "running"


@pytest.mark.parametrize(("method", "path"), DATA_DOORS)
async def test_a_token_opens_its_own_sandbox_only(ana: Account, e2b_world: World, method: str, path: str):
    mine = await ana.create()
    ben = await account(e2b_world, "ben", ana.folder)
    theirs = await ben.create()
    for token in ("", "x", theirs["envdAccessToken"], mine["envdAccessToken"][:-1], ben.key, ana.key):
        answer = await data(ana, method, path, mine["sandboxID"], token, json={} if method == "POST" else None)
        assert answer.status_code == 401, (token, answer.text)
    await ben.ask("DELETE", f"/sandboxes/{theirs['sandboxID']}")


@pytest.mark.parametrize("key", ["", "nonsense", "ent_nonsense", "e2b_0123"])
async def test_an_unknown_key_is_refused(ana: Account, key: str):
    assert (await ana.ask("GET", "/v2/sandboxes", key=key)).status_code == 401
    assert (await ana.ask("POST", "/v2/sandboxes", key=key, json={})).status_code == 401


async def test_a_key_that_may_only_read_makes_nothing(ana: Account):
    key = (await ana.person.post("/my/keys", {"name": "reader", "scopes": ["read"]}, 201))["key"]
    assert (await ana.ask("GET", "/v2/sandboxes", key=key)).status_code == 200
    assert (await ana.ask("POST", "/v2/sandboxes", key=key, json={})).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b'{"timeout": "soon"}',
        b'{"timeout": -1}',
        b'{"timeout": 100000000}',
        b'{"metadata": 3}',
        b'{"envVars": {"A": 1}}',
        b'{"network": {"allowOut": [1]}}',
        b'{"templateID": {"a": 1}}',
        b"\xff",
    ],
)
async def test_what_makes_no_sense_is_refused(ana: Account, body: bytes):
    answer = await ana.ask("POST", "/v2/sandboxes", content=body)
    assert answer.status_code in {400, 404}, answer.text


@pytest.mark.parametrize(
    ("method", "body", "code"),
    [
        ("filesystem.Filesystem/Stat", {"path": "nothing"}, "not_found"),
        ("filesystem.Filesystem/Stat", {"path": 3}, "invalid_argument"),
        ("filesystem.Filesystem/ListDir", {"path": "/", "depth": "x"}, "invalid_argument"),
        ("filesystem.Filesystem/GetWatcherEvents", {"watcherId": "x"}, "not_found"),
        ("process.Process/SendInput", {"process": {"pid": 9999}, "input": {"stdin": "YQ=="}}, "not_found"),
        ("process.Process/SendSignal", {"process": {"pid": 9999}, "signal": 9}, "not_found"),
        ("process.Process/SendSignal", {"process": {"pid": 9999}, "signal": "SIGNAL_NONE"}, "invalid_argument"),
        ("process.Process/CloseStdin", {"process": 3}, "not_found"),
    ],
)
async def test_refusals_have_the_codes_of_connect(ana: Account, method: str, body: Any, code: str):
    answer = await call(ana, await ana.create(), method, body)
    assert answer.json()["code"] == code
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        struct.pack(">BI", 0, 2**31),
        struct.pack(">BI", 0, 9) + b"no",
        struct.pack(">BI", 1, 2) + b"{}",
        envelope({"process": {"cmd": 3}}),
        envelope({"process": {"cmd": "ls", "args": [1]}}),
        envelope({"process": {"cmd": "ls"}, "pty": {"size": {"rows": 0, "cols": 10**9}}}),
    ],
)
async def test_broken_streams_are_refused(ana: Account, raw: bytes):
    sandbox = await ana.create()
    answer = await data(
        ana,
        "POST",
        "/process.Process/Start",
        sandbox["sandboxID"],
        sandbox["envdAccessToken"],
        content=raw,
        headers={"content-type": "application/connect+json"},
    )
    assert 400 <= answer.status_code < 500, answer.text


async def test_a_process_outlives_who_started_it(ana: Account):
    sandbox = await ana.create()
    start = envelope({"process": {"cmd": "sleep", "args": ["1000"]}})
    headers = {"e2b-sandbox-id": sandbox["sandboxID"], "x-access-token": sandbox["envdAccessToken"]}
    async with (
        httpx.AsyncClient(verify=False) as client,
        client.stream("POST", f"{ana.url}/process.Process/Start", content=start, headers=headers) as answer,
    ):
        first = await anext(answer.aiter_bytes())
        pid = json.loads(first[5:])["event"]["start"]["pid"]
    assert [one["pid"] for one in (await call(ana, sandbox, "process.Process/List")).json()["processes"]] == [pid]


async def test_who_leaves_interrupts_the_code(ana: Account):
    sandbox = await ana.create()
    body = {"code": "print('in', flush=True)\nwhile True: pass"}
    headers = {"e2b-sandbox-id": sandbox["sandboxID"], "x-access-token": sandbox["envdAccessToken"]}
    async with httpx.AsyncClient(verify=False, timeout=60) as client:
        async with client.stream("POST", f"{ana.url}/execute", json=body, headers=headers) as answer:
            await anext(answer.aiter_lines())
        async with asyncio.timeout(30):
            answer = await client.post(f"{ana.url}/execute", json={"code": "1 + 1"}, headers=headers)
    assert '"text":"2"' in answer.text


async def test_an_end_in_the_middle_of_a_stream_is_told(ana: Account):
    sandbox = await ana.create()
    start = envelope({"process": {"cmd": "sleep", "args": ["1000"]}})
    headers = {"e2b-sandbox-id": sandbox["sandboxID"], "x-access-token": sandbox["envdAccessToken"]}
    async with (
        httpx.AsyncClient(verify=False, timeout=60) as client,
        client.stream("POST", f"{ana.url}/process.Process/Start", content=start, headers=headers) as answer,
    ):
        chunks = answer.aiter_bytes()
        await anext(chunks)
        assert (await ana.ask("DELETE", f"/sandboxes/{sandbox['sandboxID']}")).status_code == 204
        rest = b"".join([chunk async for chunk in chunks])
    assert (rest[0], json.loads(rest[5:])["error"]["code"]) == (2, "unavailable")


async def test_the_doors_are_not_the_applications(ana: Account):
    assert (await ana.ask("GET", "/nothing")).status_code == 404
    document = (await ana.person.client.get("/openapi.json")).json()
    assert not [path for path in document["paths"] if path.startswith("/e2b")]
    unsigned = await ana.person.client.get("/files?path=a.txt")
    assert unsigned.status_code == 404
