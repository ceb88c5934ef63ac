"""What is not a message is refused in the protocol's words, and nothing is done."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.tools.mcp.front.messages import Unreadable, read, read_batch
from tests.tools.mcp.front.rig import PlayedServer, fronted
from tests.world import World


@pytest.mark.parametrize(
    ("body", "code", "number"),
    [
        (b"", -32700, None),
        (b"{", -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":' + b"[" * 100 + b"]" * 100 + b"}", -32700, None),
        (b"{" * 5000, -32700, None),
        (b"[]", -32600, None),
        (b'"text"', -32600, None),
        (b"null", -32600, None),
        (b"{}", -32600, None),
        (b'{"jsonrpc":"2.0"}', -32600, None),
        (b'{"jsonrpc":"1.0","id":4,"method":"ping"}', -32600, 4),
        (b'{"jsonrpc":"2.0","id":4,"method":5}', -32600, 4),
        (b'{"jsonrpc":"2.0","id":"a","method":"ping","params":[1]}', -32600, "a"),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', -32600, None),
    ],
)
async def test_a_body_that_is_no_message_is_refused(
    small_world: World, raw, body: bytes, code: int, number: object
) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world):
        client = raw(anna)
        await client.initialize()
        answer = await client.post(body)
        assert answer.status_code == 400
        told = answer.json()
        assert (told["error"]["code"], told["id"], told["jsonrpc"]) == (code, number, "2.0")


async def test_a_body_that_is_too_large_is_refused(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world):
        answer = await raw(anna).post(b'{"x":"' + b"x" * (8 * 1024 * 1024) + b'"}')
        assert answer.status_code == 413
        assert answer.json()["error"]["message"] == "A message has at most 8388608 bytes."


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tools/call", {"name": 5}),
        ("tools/call", {"name": "x", "arguments": [1]}),
        ("tools/list", {"cursor": "abc"}),
        ("resources/read", {}),
        ("prompts/get", {"name": None}),
        ("completion/complete", {"ref": "x"}),
        ("completion/complete", {"ref": {"type": "ref/none"}}),
        ("logging/setLevel", {"level": 5}),
    ],
)
async def test_params_of_wrong_types_are_refused(small_world: World, raw, method: str, params: object) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world, PlayedServer("echo")):
        client = raw(anna)
        await client.initialize()
        assert (await client.ask(method, params))["error"]["code"] == -32602


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example.com"}, 403),
        ({"host": "evil.example.com"}, 403),
        ({"origin": "http://localhost:6274"}, 200),
        ({"accept": "text/html"}, 406),
        ({"content_encoding": "gzip"}, 415),
    ],
)
async def test_pages_of_others_and_strange_wishes_are_refused(
    small_world: World, raw, headers: dict[str, str], status: int
) -> None:
    anna = await small_world.person("anna")
    async with fronted(small_world):
        client = raw(anna)
        await client.initialize()
        assert (await client.post(client.request("ping"), **headers)).status_code == status


async def test_without_a_key_nobody_gets_in(small_world: World, raw) -> None:
    anna = await small_world.person("anna")
    reader = await anna.post("/my/keys", {"name": "r", "scopes": ["read"]}, 201)
    async with fronted(small_world):
        for token, status in (("", 401), ("ent_nothing", 401), ("ent_mcp_nothing", 401), (reader["key"], 403)):
            answer = await raw(None, token=token).initialize()
            assert answer.status_code == status
            assert ("www-authenticate" in answer.headers) == (status == 401)
            assert answer.json()["error"]["code"] == -32603


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def refusal(reading: Callable[[bytes], object], body: bytes) -> int | None:
    try:
        reading(body)
    except Unreadable as error:
        return error.code
    return None


@given(st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_reading_gives_a_message_or_refuses(body: bytes) -> None:
    assert refusal(read, body) in {None, -32700, -32600}
    assert refusal(read_batch, body) in {None, -32700, -32600}
