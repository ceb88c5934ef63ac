"""Serving the built client: precompressed, immutable where hashed, index.html for the client's own addresses."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from entourage.artifacts.origin import ContentOrigin
from entourage.kit.http import PAGE_CSP, wrong_method

STATIC = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "no-cache"

API_PREFIXES = ("my/", "api/", "v1/", "openapi", "docs", "health", "ready", "metrics", "stream", "artifact-content/")

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Entourage</title>
<h1>The client is not built</h1>
<p>The API works: see <a href="/docs">/docs</a>. To build the client, run <code>make client</code> in the checkout
(it fetches its own Node), then reload this page.</p></html>"""

_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def mount_client(app: FastAPI) -> None:
    """Add the route that answers every GET no other route takes."""
    app.router.routes.append(Route("/{path:path}", _serve, methods=["GET", "HEAD"], include_in_schema=False))


async def _serve(request: Request) -> Response:
    path = request.path_params["path"]
    found = _file(path)
    if found:
        return _file_response(found, request.headers, _csp(request), immutable=path.startswith("assets/"))
    wants_page = "text/html" in request.headers.get("accept", "") and not path.startswith((*API_PREFIXES, "assets/"))
    is_home = not path  # whatever is wanted: somebody looks whether there is anything, as Claude Code does by HEAD
    if not wants_page and not is_home:
        raise wrong_method(request.scope)
    page = _page(request.headers, _csp(request))
    if path.startswith("share/"):  # what is shared is for those who were given its link
        page.headers["X-Robots-Tag"] = "noindex"
    return page


def _csp(request: Request) -> str:
    """The policy of a page at this host: it may frame live content from the origin that is for content."""
    content = request.app.state.services.get(ContentOrigin).of(request.headers, request.url.scheme)
    return PAGE_CSP.replace("frame-src 'self'", f"frame-src 'self' {content}") if content else PAGE_CSP


def _page(headers: Headers, csp: str) -> Response:
    index = STATIC / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, headers={"Cache-Control": FRESH, "Content-Security-Policy": csp})
    return _file_response(index, headers, csp, immutable=False)


def _file(path: str) -> Path | None:
    """The file of the client at this address; None for anything else, whatever the path tries."""
    if not path or path.endswith("/") or "\x00" in path or any(part in ("", ".", "..") for part in path.split("/")):
        return None
    try:
        found = STATIC / path
        return found if found.is_file() and found.resolve().is_relative_to(STATIC.resolve()) else None
    except OSError:  # a name too long for the file system
        return None


def _file_response(path: Path, headers: Headers, csp: str, *, immutable: bool) -> Response:
    accepted = headers.get("accept-encoding", "")
    sent = {
        "Cache-Control": IMMUTABLE if immutable else FRESH,
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": csp,
    }
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    for name, ending in _ENCODINGS:
        packed = path.with_name(path.name + ending)
        if name in accepted and packed.is_file():
            return FileResponse(packed, media_type=media_type, headers={**sent, "Content-Encoding": name})
    return FileResponse(path, media_type=media_type, headers=sent)
