"""What came back: unpacked with a bound, decoded, and made readable."""

from __future__ import annotations

import msgspec
import re
import zlib
from collections.abc import Callable

import httpx

from entourage.kit.errors import UnsupportedMedia, Upstream
from entourage.tools.web.readable import readable

TEXT = re.compile(r"text/.*|application/(.*\+)?(json|xml|yaml)|application/(x-)?(ndjson|javascript|yaml|toml|sql)")
# Decoders that are neither text nor fast enough to be let loose on a stranger's bytes are left out.
CHARSETS = re.compile(
    r"utf-?(8|16)(-?[lb]e)?|utf-8-sig|us-ascii|ascii|latin-?1|(iso-?8859|windows|cp|koi8|euc|shift|gb|big).*"
)


class Fetched(msgspec.Struct, frozen=True):
    """A page. `url` is where it was in the end; `truncated` when it was longer than the limits."""

    url: str
    status: int
    content_type: str
    title: str
    text: str
    truncated: bool
    redirects: tuple[str, ...]


class Answer(msgspec.Struct, frozen=True):
    """What a server sent: `data` is unpacked, and cut at the limit when `truncated`."""

    url: str
    status: int
    headers: httpx.Headers
    data: bytes
    truncated: bool


def refuse_binary(url: str, headers: httpx.Headers) -> None:
    """Raise UnsupportedMedia unless the answer says it is text, or does not say what it is."""
    kind = _media_type(headers)
    if kind and not TEXT.fullmatch(kind):
        raise UnsupportedMedia(f"{url!r} is {kind}, not text", hint="Download it with a program instead.")


def unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """A function that unpacks at most so many bytes of each chunk, so that a small answer cannot become a huge one."""
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return lambda chunk, most: chunk[:most]
    if kind not in ("gzip", "x-gzip", "deflate"):
        raise Upstream(f"the answer is packed as {encoding[:40]!r}, which was not asked for")
    # 32: gzip or zlib, whichever the first bytes tell
    stream = zlib.decompressobj(32 + zlib.MAX_WBITS)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return stream.decompress(chunk, most)
        except zlib.error as error:
            raise Upstream(f"the answer could not be unpacked: {error}") from error

    return unpack


def told(answer: Answer, passed: tuple[str, ...], *, raw: bool) -> Fetched:
    """An answer as text; slow for big pages, so not for the event loop. Raises UnsupportedMedia."""
    kind = _media_type(answer.headers)
    if not kind and b"\0" in answer.data[:1024]:
        raise UnsupportedMedia(f"{answer.url!r} is not text", hint="Download it with a program instead.")
    text = answer.data.decode(_charset(answer), errors="replace")
    title = ""
    if not raw and (kind in ("text/html", "application/xhtml+xml") or (not kind and "<html" in text[:1024].lower())):
        title, text = readable(text, answer.url)
    return Fetched(answer.url, answer.status, kind, title, text, answer.truncated, passed)


def _charset(answer: Answer) -> str:
    declared = re.search(r"charset=[\"']?([\w.:-]+)", answer.headers.get("content-type", ""), re.IGNORECASE)
    inside = re.search(rb"charset=[\"']?([\w.:-]+)", answer.data[:1024], re.IGNORECASE)
    name = declared[1] if declared else inside[1].decode() if inside else "utf-8"
    if not CHARSETS.fullmatch(name.lower()):
        return "utf-8"
    try:
        b"".decode(name)
    except LookupError:
        return "utf-8"
    return name


def _media_type(headers: httpx.Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()
