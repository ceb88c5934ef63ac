"""What a list of hosts means, and what a request to a proxy says."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entourage.kit.errors import BadRequest, Invalid
from entourage.sandboxes.network.allow import parse
from entourage.sandboxes.network.head import read_head


@pytest.mark.parametrize(
    ("entries", "host", "allowed"),
    [
        (["example.org"], "example.org", True),
        (["example.org"], "EXAMPLE.org.", True),
        (["example.org"], "www.example.org", False),
        (["example.org"], "notexample.org", False),
        (["*.example.org"], "a.b.example.org", True),
        (["*.example.org"], "example.org", False),
        (["*.example.org"], "evilexample.org", False),
        (["*"], "anything.test", True),
        (["*"], "1.2.3.4", True),
        (["1.2.3.4"], "1.2.3.4", True),
        (["10.0.0.0/8"], "10.9.8.7", True),
        (["10.0.0.0/8"], "11.0.0.1", False),
        (["2001:db8::/32"], "[2001:db8::1]", True),
        (["*.4"], "1.2.3.4", False),
        (["bücher.example"], "xn--bcher-kva.example", True),
        ([], "example.org", False),
    ],
)
def test_who_is_on_the_list(entries: list[str], host: str, allowed: bool):
    assert parse(entries).permits(host) is allowed


@given(st.lists(st.text(max_size=30), max_size=5), st.text(max_size=30))
def test_lists_are_understood_or_refused(entries: list[str], host: str):
    try:
        allow = parse(entries)
    except Invalid:
        return
    assert allow.permits(host) in (True, False)


def test_tunnels_and_plain_requests():
    tunnel = read_head(b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n")
    assert (tunnel.host, tunnel.port, tunnel.passed_on) == ("example.org", 443, None)
    v6 = read_head(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n")
    assert (v6.host, v6.port) == ("2001:db8::1", 443)
    plain = read_head(b"POST http://example.org/a?b HTTP/1.1\r\nHost: other\r\nContent-Length: 3\r\n\r\n")
    assert (plain.host, plain.port) == ("example.org", 80)
    assert plain.passed_on == (
        b"POST /a?b HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http:///x HTTP/1.1\r\n\r\n",
        b"GET https://example.org/ HTTP/1.1\r\n\r\n",
        b"GET http://user@example.org/ HTTP/1.1\r\n\r\n",
        b"GET http://a.example@b.example/ HTTP/1.1\r\n\r\n",
        b"GET http://example.org:0/ HTTP/1.1\r\n\r\n",
        b"GET http://example.org:99999/ HTTP/1.1\r\n\r\n",
        b"GET http://exa mple.org/ HTTP/1.1\r\n\r\n",
        b"GET http://example.org/ HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET http://example.org/ HTTP/1.1\r\nA: b\nEvil: c\r\n\r\n",
        b"GET http://example.org\\@evil.example/ HTTP/1.1\r\n\r\n",
        b"CONNECT example.org HTTP/1.1\r\n\r\n",
        b"CONNECT example.org:443/x HTTP/1.1\r\n\r\n",
        b"CONNECT a:b@example.org:443 HTTP/1.1\r\n\r\n",
        b"CONNECT :443 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_no_honest_client_says_is_refused(raw: bytes):
    with pytest.raises(BadRequest):
        read_head(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes):
    for whole in (raw + b"\r\n\r\n", b"GET http://" + raw + b" HTTP/1.1\r\n\r\n"):
        try:
            head = read_head(whole)
        except BadRequest:
            continue
        assert head.host
        assert 0 < head.port < 65_536
        assert head.passed_on is None or head.passed_on.count(b"\r\n\r\n") == 1


@given(st.ip_addresses())
def test_addresses_are_on_the_list_exactly_when_their_network_is(address: ipaddress.IPv4Address):
    assert parse([str(address)]).permits(str(address))
    assert not parse(["example.org", "*.example.org"]).permits(str(address))
