"""Fetching the public internet, and nothing else. See `site` for who is who."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import AsyncGenerator, Callable

import pytest
from msgspec.structs import replace

from entourage.kit.errors import Forbidden, Invalid, Problem, TimedOut, TooLarge, UnsupportedMedia, Upstream
from entourage.tools.fetch import SafeFetcher
from tests.tools.web.site import PUBLIC, QUICK, Names, Site, page, redirect, serving


@pytest.fixture
async def site() -> AsyncGenerator[Site, None]:
    site = Site()
    async with serving(site, PUBLIC):
        yield site


@pytest.fixture
async def inside() -> AsyncGenerator[Site, None]:
    """A service of the host itself."""
    inside = Site({"/": page("secret")})
    async with serving(inside, "127.0.0.1"):
        yield inside


@pytest.fixture
def names() -> Names:
    return Names({"site.test": [[PUBLIC]]})


@pytest.fixture
def fetcher(names: Names) -> SafeFetcher:
    return SafeFetcher(allow_networks=[f"{PUBLIC}/32"], limits=QUICK, resolver=names)


async def test_a_page(site: Site, fetcher: SafeFetcher):
    site.answers["/x?q=1"] = page('{"a": "é"}', "Content-Type: application/json")
    got = await fetcher.fetch(f"http://site.test:{site.port}/x?q=1#part", headers={"X-Mine": "1"})
    assert (got.status, got.content_type, got.text) == (200, "application/json", '{"a": "é"}')
    assert (got.url, got.truncated, got.redirects) == (f"http://site.test:{site.port}/x?q=1", False, ())
    asked = site.asked[0].decode().lower()
    assert f"host: site.test:{site.port}" in asked
    assert "x-mine: 1" in asked


async def test_posting(site: Site, fetcher: SafeFetcher):
    site.answers["/"] = page("made", status="201 Created")
    got = await fetcher.fetch(
        f"http://site.test:{site.port}/", "POST", {"Content-Type": "application/json"}, b'{"name": 1}'
    )
    assert (got.status, got.text) == (201, "made")
    assert site.asked[0].startswith(b"POST / HTTP/1.1")
    assert site.asked[0].endswith(b'\r\n\r\n{"name": 1}')


async def test_an_error_status_is_an_answer(site: Site, fetcher: SafeFetcher):
    site.answers["/"] = page("not here", status="404 Not Found")
    assert (await fetcher.fetch(f"http://site.test:{site.port}/")).status == 404


async def test_proxies_of_the_environment_are_not_used(
    site: Site, fetcher: SafeFetcher, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    site.answers["/"] = page("direct")
    assert (await fetcher.fetch(f"http://site.test:{site.port}/")).text == "direct"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://site.test/", "file:///etc/passwd", "gopher://site.test/", "//site.test/", "site.test", "", "http://",
        "http:///path", "http://user:pass@site.test/", "http://site.test@127.0.0.1/", "javascript:alert(1)",
        "http://site.test:99999/", "http://[::1", "http://site.test/" + "a" * 5000, "http://si te.test/", "unix:/run/x",
    ],
)  # fmt: skip
async def test_what_is_no_url(url: str, fetcher: SafeFetcher, names: Names):
    with pytest.raises((Invalid, Upstream)):
        await fetcher.fetch(url)
    assert names.asked == []


@pytest.mark.parametrize("port", [22, 25, 6379, 9200, 1])
async def test_other_ports_are_refused(port: int, names: Names):
    names.known["public.test"] = [["93.184.216.34"]]
    with pytest.raises(Forbidden, match=f"port {port}") as caught:
        await SafeFetcher(resolver=names).fetch(f"http://public.test:{port}/")
    assert caught.value.hint == "These ports may: 80, 443, 8080, 8443."


async def test_one_bad_address_among_good_ones_refuses_the_name(names: Names, fetcher: SafeFetcher, site: Site):
    names.known["mixed.test"] = [[PUBLIC, "10.0.0.1"]]
    with pytest.raises(Forbidden, match=r"10\.0\.0\.1"):
        await fetcher.fetch(f"http://mixed.test:{site.port}/")
    assert site.asked == []


async def test_a_name_that_changes_its_mind_gains_nothing(names: Names, fetcher: SafeFetcher, inside: Site, site: Site):
    """DNS rebinding: good when checked, the host itself when asked again."""
    site.answers["/"] = page("the checked one")
    names.known["rebind.test"] = [[PUBLIC], ["127.0.0.1"]]
    assert (await fetcher.fetch(f"http://rebind.test:{site.port}/")).text == "the checked one"
    assert names.asked == ["rebind.test"]
    with pytest.raises(Forbidden):
        await fetcher.fetch(f"http://rebind.test:{inside.port}/")
    assert inside.asked == []


async def test_unknown_and_silent_hosts(fetcher: SafeFetcher, site: Site, names: Names):
    with pytest.raises(Upstream, match="no such host"):
        await fetcher.fetch("http://nowhere.test/")
    with pytest.raises(Upstream):
        await fetcher.fetch("http://site.test:1/")
    names.known["empty.test"] = [[]]
    with pytest.raises(Upstream):
        await fetcher.fetch("http://empty.test/")


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://inner.test:{port}/", "http://[::1]:{port}/"]
)
async def test_redirects_inside_are_refused(site: Site, inside: Site, fetcher: SafeFetcher, names: Names, target: str):
    names.known["inner.test"] = [["127.0.0.1"]]
    site.answers["/"] = redirect(target.format(port=inside.port))
    with pytest.raises(Forbidden):
        await fetcher.fetch(f"http://site.test:{site.port}/")
    assert inside.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://user@site.test/", "gopher://x/", "http://["])
async def test_redirects_to_nowhere(site: Site, fetcher: SafeFetcher, target: str):
    site.answers["/"] = redirect(target)
    with pytest.raises(Upstream, match="redirects to"):
        await fetcher.fetch(f"http://site.test:{site.port}/")


async def test_redirects_are_followed_and_told(site: Site, fetcher: SafeFetcher):
    site.answers |= {"/a": redirect("/b", 301), "/b": redirect("c?d=1", 303), "/c?d=1": page("here")}
    base = f"http://site.test:{site.port}"
    got = await fetcher.fetch(f"{base}/a", "POST", {"Authorization": "Bearer mine"}, b"body")
    assert (got.url, got.text, got.redirects) == (f"{base}/c?d=1", "here", (f"{base}/a", f"{base}/b"))
    assert [asked.split()[0] for asked in site.asked] == [b"POST", b"GET", b"GET"]
    assert all(b"Bearer mine" in asked for asked in site.asked)
    assert b"body" not in site.asked[1]


async def test_a_307_keeps_method_and_body(site: Site, fetcher: SafeFetcher):
    site.answers |= {"/a": redirect("/b", 307), "/b": page("kept")}
    await fetcher.fetch(f"http://site.test:{site.port}/a", "POST", None, b"body")
    assert site.asked[1].startswith(b"POST /b")
    assert site.asked[1].endswith(b"body")


async def test_another_origin_learns_no_credentials(site: Site, fetcher: SafeFetcher, names: Names):
    names.known["other.test"] = [[PUBLIC]]
    site.answers |= {"/a": redirect(f"http://other.test:{site.port}/b"), "/b": page("there")}
    headers = {"Authorization": "secret-1", "Cookie": "secret-2", "X-Api-Key": "secret-3", "Accept": "text/plain"}
    await fetcher.fetch(f"http://site.test:{site.port}/a", headers=headers)
    assert site.asked[0].count(b"secret") == 3
    assert b"secret" not in site.asked[1]
    assert b"text/plain" in site.asked[1].lower()


async def test_redirects_without_end(site: Site, fetcher: SafeFetcher):
    site.answers["/"] = redirect("/")
    with pytest.raises(Upstream, match="more than 5 times"):
        await fetcher.fetch(f"http://site.test:{site.port}/")
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "127.0.0.1"), ("Transfer-Encoding", "chunked"), ("content-length", "0"), ("Connection", "upgrade"),
        ("Proxy-Authorization", "x"), ("X-Bad", "a\r\nHost: evil"), ("X Bad", "a"), ("X:Bad", "a"), ("X-Bad", "é"),
    ],
)  # fmt: skip
async def test_headers_that_cannot_be_sent(site: Site, fetcher: SafeFetcher, name: str, value: str):
    with pytest.raises(Invalid):
        await fetcher.fetch(f"http://site.test:{site.port}/", headers={name: value})
    assert site.asked == []


async def test_an_endless_body_is_cut(site: Site, names: Names):
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    site.answers["/"] = endless
    limits = replace(QUICK, response_bytes=100_000)
    got = await SafeFetcher(allow_networks=[PUBLIC], limits=limits, resolver=names).fetch(
        f"http://site.test:{site.port}/"
    )
    assert got.truncated
    assert 100_000 <= len(got.text) < 200_000


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
async def test_packed_answers_and_bombs(site: Site, names: Names, pack: Callable[[bytes], bytes]):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    headers = f"Content-Type: text/plain\r\nContent-Encoding: {encoding}"
    site.answers |= {"/": page(pack(b"small"), headers), "/bomb": page(pack(bytes(50_000_000)), headers)}
    limits = replace(QUICK, text_bytes=1_000_000)
    fetcher = SafeFetcher(allow_networks=[PUBLIC], limits=limits, resolver=names)
    assert (await fetcher.fetch(f"http://site.test:{site.port}/")).text == "small"
    bomb = await fetcher.fetch(f"http://site.test:{site.port}/bomb")
    assert (len(bomb.text), bomb.truncated) == (1_000_000, True)


async def test_broken_and_unasked_packing(site: Site, fetcher: SafeFetcher):
    site.answers |= {
        "/broken": page(b"not gzip", "Content-Type: text/plain\r\nContent-Encoding: gzip"),
        "/br": page(b"?", "Content-Type: text/plain\r\nContent-Encoding: br"),
    }
    for path in ("broken", "br"):
        with pytest.raises(Upstream, match="packed"):
            await fetcher.fetch(f"http://site.test:{site.port}/{path}")


@pytest.mark.parametrize("slow_part", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
async def test_answers_that_dawdle(site: Site, names: Names, slow_part: bytes):
    """Each byte comes in time for itself; together they take too long."""

    async def dawdle(writer: asyncio.StreamWriter) -> None:
        writer.write(slow_part)
        while not writer.is_closing():
            writer.write(b"X-A: b\r\n" if b"\r\n\r\n" not in slow_part else b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    site.answers["/"] = dawdle
    limits = replace(QUICK, seconds=0.3)
    began = time.monotonic()
    with pytest.raises((TimedOut, Upstream)):
        await SafeFetcher(allow_networks=[PUBLIC], limits=limits, resolver=names).fetch(
            f"http://site.test:{site.port}/"
        )
    assert time.monotonic() - began < 3


async def test_headers_without_end(site: Site, fetcher: SafeFetcher):
    site.answers |= {
        "/big": page("x", "Content-Type: text/plain\r\nX-Big: " + "x" * 70_000),
        "/huge": page("x", "X-Big: " + "x" * 1_000_000),
    }
    with pytest.raises(TooLarge, match="headers"):
        await fetcher.fetch(f"http://site.test:{site.port}/big")
    with pytest.raises(Problem):
        await fetcher.fetch(f"http://site.test:{site.port}/huge")


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx", b"\0" * 99]
)
async def test_answers_that_are_no_http(site: Site, fetcher: SafeFetcher, answer: bytes):
    site.answers["/"] = answer
    with pytest.raises(Upstream, match="could not be reached"):
        await fetcher.fetch(f"http://site.test:{site.port}/")


@pytest.mark.parametrize("kind", ["image/png", "application/octet-stream", "application/pdf", "video/mp4"])
async def test_what_is_not_text_is_refused(site: Site, fetcher: SafeFetcher, kind: str):
    site.answers["/"] = page(b"\x89PNG", f"Content-Type: {kind}")
    with pytest.raises(UnsupportedMedia, match=kind):
        await fetcher.fetch(f"http://site.test:{site.port}/")


async def test_what_does_not_say_what_it_is(site: Site, fetcher: SafeFetcher):
    site.answers |= {"/text": page("words", "X: y"), "/binary": page(b"\0\1\2", "X: y")}
    assert (await fetcher.fetch(f"http://site.test:{site.port}/text")).text == "words"
    with pytest.raises(UnsupportedMedia):
        await fetcher.fetch(f"http://site.test:{site.port}/binary")


async def test_character_sets(site: Site, fetcher: SafeFetcher):
    site.answers |= {
        "/header": page("жук".encode("koi8-r"), "Content-Type: text/plain; charset=KOI8-R"),
        "/meta": page('<meta charset="windows-1251"><p>жук'.encode("cp1251"), "Content-Type: text/html"),
        "/odd": page("жук", "Content-Type: text/plain; charset=punycode"),
        "/none": page("жук", "Content-Type: text/plain; charset=no-such-thing"),
    }
    for path in ("header", "meta", "odd", "none"):
        assert (await fetcher.fetch(f"http://site.test:{site.port}/{path}")).text == "жук"


async def test_html_is_made_readable_unless_asked_for_raw(site: Site, fetcher: SafeFetcher):
    site.answers["/d/"] = page("<title> A  page</title><h1>Hi</h1><a href=x>there</a>", "Content-Type: text/html")
    url = f"http://site.test:{site.port}/d/"
    got = await fetcher.fetch(url)
    assert (got.title, got.text) == ("A page", f"# Hi\n\n[there]({url}x)")
    assert (await fetcher.fetch(url, raw=True)).text.startswith("<title>")
