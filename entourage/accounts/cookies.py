"""The browser's refresh token: an HttpOnly cookie, and what keeps other sites from using it (CSRF).

A request that is trusted for its cookie must come from our own origin and repeat the readable CSRF cookie in a header.
The right CSRF token follows from the refresh token, so that a cookie planted by a neighbouring site does not help.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from entourage.accounts.hashes import same
from entourage.accounts.sign_ins import csrf_of
from entourage.kit.errors import Forbidden
from entourage.settings import Settings

REFRESH_COOKIE = "entourage_refresh"
REFRESH_PATH = "/api/v1/auth"
CSRF_COOKIE = "entourage_csrf"
CSRF_HEADER = "X-CSRF-Token"


def set_cookies(response: Response, refresh_token: str, settings: Settings) -> None:
    """Give the browser a refresh token."""
    life, secure = settings.refresh_token_seconds, _is_secure(settings)
    response.set_cookie(
        REFRESH_COOKIE, refresh_token, life, path=REFRESH_PATH, secure=secure, httponly=True, samesite="strict"
    )
    response.set_cookie(CSRF_COOKIE, csrf_of(refresh_token), life, path="/", secure=secure, samesite="strict")


def clear_cookies(response: Response, settings: Settings) -> None:
    """Take the cookies back."""
    secure = _is_secure(settings)
    response.delete_cookie(REFRESH_COOKIE, path=REFRESH_PATH, secure=secure, httponly=True, samesite="strict")
    response.delete_cookie(CSRF_COOKIE, path="/", secure=secure, samesite="strict")


def cookie_token(request: Request, settings: Settings) -> str | None:
    """The refresh token of the cookie, None without one. Raises Forbidden unless the request is one of our own page."""
    token = request.cookies.get(REFRESH_COOKIE)
    if not token:
        return None
    check_origin(request, settings)
    sent = request.headers.get(CSRF_HEADER, "")
    if not (same(sent, csrf_of(token)) and same(sent, request.cookies.get(CSRF_COOKIE, ""))):
        raise Forbidden(
            "The CSRF token is missing or wrong.",
            hint=f"Send the value of the cookie {CSRF_COOKIE} in the header {CSRF_HEADER}.",
        )
    return token


def check_origin(request: Request, settings: Settings) -> None:
    """Raises Forbidden for a request that a browser sends on behalf of another site."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            raise Forbidden("The request comes from another site.")
        return
    hosts = {request.headers.get("host", ""), urlsplit(settings.base_url).netloc}
    if origin not in settings.cors_origins and urlsplit(origin).netloc not in hosts - {""}:
        raise Forbidden(f"The request comes from another site: {origin[:100]!r}.")


def _is_secure(settings: Settings) -> bool:
    return settings.secure_cookies or settings.base_url.startswith("https:")
