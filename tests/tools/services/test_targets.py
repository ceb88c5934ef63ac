"""Addresses and headers of calls, whatever they are made of: they stay in their service and in their lines."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from entourage.kit.errors import BadRequest
from entourage.tools.services.calling.headers import sent, told
from entourage.tools.services.calling.targets import operation_target, raw_target
from entourage.tools.services.known import Known
from entourage.tools.services.openapi.operations import Operation, Parameter
from entourage.wire.origin import Origin

PIECES = st.sampled_from(
    ["..", ".", "/", "\\", "%2e", "%2F", "%5c", "%00", "%0d%0a", "a", "é", ";", "?", "#", " ", "\n", "\0", "%"]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join)


def service(base_path: str = "/v1") -> Known:
    origin = Origin("api.example.com", 443, True)
    return Known("id", "pets", "Pets", "o", 1, {}, 30, origin, base_path, ((b"x-key", b"secret"),))


def stays(target: bytes, base: str) -> bool:
    """Whether nobody who decodes it once or twice ends up elsewhere."""
    assert re.fullmatch(rb"[!-~]+", target)
    path = urlsplit(target.decode()).path
    for _ in range(2):
        path = unquote(path)
        if not path.startswith(f"{base}/") or ".." in re.split(r"[/\\;]", path) or not path.isprintable():
            return False
    return True


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.binary(max_size=20))
def test_a_path_stays_below_the_base(path: str, query: bytes):
    try:
        target = raw_target("/v1", "/" + path, query)
    except BadRequest:
        return
    assert stays(target.partition(b"?")[0] if b"?" not in query else target.split(b"?")[0], "/v1")


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_an_argument_stays_in_its_place(segment: str, value: str):
    parameters = [Parameter("id", "id", "path"), Parameter("q", "q", "query")]
    operation = Operation("o", "GET", "/a/{id}/b", "", "", {}, parameters)
    try:
        path, target = operation_target("/v1", operation, {"id": segment, "q": value})
    except BadRequest:
        return
    assert path.startswith("/a/")
    assert path.endswith("/b")
    assert path.count("/") == 3
    assert stays(target, "/v1")
    assert target.count(b"&") == 0


NAMES = st.binary(max_size=6) | st.sampled_from([b"x-a", b"host", b"cookie", b"authorization", b"x-key", b"connection"])
HEADERS = st.lists(st.tuples(NAMES, st.binary(max_size=8)), max_size=6)


@settings(max_examples=300, deadline=None)
@given(HEADERS)
def test_headers_stay_in_their_lines_and_never_replace_the_secret(headers: list[tuple[bytes, bytes]]):
    try:
        lines = sent(headers, service(), "request-1").split(b"\r\n")[:-1]
    except BadRequest:
        return
    names = [line.partition(b":")[0] for line in lines]
    assert all(re.fullmatch(rb"[a-z0-9!#$%&'*+.^_`|~-]+", name) for name in names)
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert names.count(b"x-key") == 1
    assert b"x-key: secret" in lines
    assert not {b"host", b"cookie", b"authorization", b"connection", b"content-length"} & set(names)


def test_redirections_lead_through_the_door_or_nowhere():
    def led(location: bytes) -> Any:
        return dict(told([(b"location", location)], service())).get(b"location")

    assert led(b"/v1/a?b=1") == b"/svc/pets/a?b=1"
    assert led(b"https://api.example.com/v1/a") == b"/svc/pets/a"
    for elsewhere in (
        b"https://evil.example/v1/a",
        b"//evil.example/v1/a",
        b"/v2/a",
        b"/v1",
        b"http://api.example.com/v1/a",
    ):
        assert led(elsewhere) is None
    assert led(b"https://api.example.com.evil.example/v1/a") is None
