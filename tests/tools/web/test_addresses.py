"""What is a public address, however it is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from entourage.kit.errors import Forbidden, Invalid
from entourage.tools.fetch import SafeFetcher
from entourage.tools.web.addresses import is_disguised_number, is_public
from tests.tools.web.site import QUICK, Names

NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:c0a8:101::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "100::1",
    "5f00::1",
    "3fff::1",
    "4000::1",
]
ORDINARY = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("text", NOT_PUBLIC)
async def test_addresses_that_are_not_public(text: str):
    assert not is_public(ip_address(text))
    fetcher = SafeFetcher(resolver=Names({"evil.test": [[text]]}))
    host = f"[{text}]" if ":" in text else text
    for url in ("http://evil.test/", *((f"http://{host}/",) if "%" not in text else ())):
        with pytest.raises(Forbidden, match="not a public address"):
            await fetcher.fetch(url)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_addresses(text: str):
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0x7f.1",
        "127.0.0.1.",
        "1.2.3",
        "017700000001",
        "0",
        "0x",
        "a.0x1",
    ],
)
async def test_addresses_in_disguise(host: str):
    assert is_disguised_number(host) or host == "127.0.0.1."
    with pytest.raises((Forbidden, Invalid)):
        await SafeFetcher().fetch(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
        "http://127\u30020\u30020\u30021/",
        "http://\u2460\u2461\u2466.0.0.1/",
        "http://localhost/",
    ],
)
async def test_other_ways_to_write_this_host(url: str):
    with pytest.raises((Forbidden, Invalid)):
        await SafeFetcher(limits=QUICK).fetch(url)


def test_names_that_end_in_no_number():
    for host in ("example.com", "1.example", "8.8.8.8", "0x.example", "a1"):
        assert not is_disguised_number(host)
