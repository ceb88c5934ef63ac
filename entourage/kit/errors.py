"""The family of errors a person may see. Each maps to one RFC 9457 problem type, status and hint."""

from __future__ import annotations

from typing import TypedDict


class FieldError(TypedDict):
    """One wrong field: its dotted path and what is wrong with it."""

    field: str
    message: str


class Problem(Exception):
    """An error with a name, told to the caller as `application/problem+json`.

    `detail` says what went wrong, naming the value; `hint` says the way out.
    """

    status = 500
    slug = "internal"
    title = "Something went wrong on the server"

    passing = False
    """Whether the same request may succeed a little later."""

    def __init__(
        self,
        detail: str = "",
        *,
        hint: str | None = None,
        errors: list[FieldError] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.hint = hint
        self.errors = errors
        self.headers = headers or {}

    def document(self) -> dict[str, object]:
        """The problem document (RFC 9457)."""
        body: dict[str, object] = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.hint:
            body["hint"] = self.hint
        if self.errors:
            body["errors"] = self.errors
        return body


class Invalid(Problem):
    status, slug, title = 422, "invalid", "The request is not valid"


class BadRequest(Problem):
    status, slug, title = 400, "bad-request", "The request could not be read"


class Unauthorized(Problem):
    status, slug, title = 401, "unauthorized", "Sign in first"


class Forbidden(Problem):
    status, slug, title = 403, "forbidden", "This is not allowed"


class NotFound(Problem):
    status, slug, title = 404, "not-found", "There is no such thing"


class Conflict(Problem):
    status, slug, title = 409, "conflict", "This conflicts with what is there"


class Stale(Problem):
    status, slug, title = 412, "stale", "Somebody changed this meanwhile"


class TooLarge(Problem):
    status, slug, title = 413, "too-large", "This is too large"


class UnsupportedMedia(Problem):
    status, slug, title = 415, "unsupported-media-type", "This kind of content is not taken here"


class OutOfRange(Problem):
    status, slug, title = 416, "out-of-range", "There is nothing in this range"


class TooMany(Problem):
    status, slug, title = 429, "too-many-requests", "Too many requests"

    def __init__(self, detail: str = "", *, retry_after_seconds: float = 1, hint: str | None = None) -> None:
        seconds = max(1, round(retry_after_seconds))
        super().__init__(detail, hint=hint or f"Try again in {seconds} s.", headers={"Retry-After": str(seconds)})


class QuotaExceeded(Problem):
    status, slug, title = 507, "quota-exceeded", "There is no room left"


class Upstream(Problem):
    status, slug, title = 502, "upstream", "A service this depends on failed"


class Unavailable(Problem):
    status, slug, title = 503, "unavailable", "This is not available here"


class TimedOut(Problem):
    status, slug, title = 504, "timed-out", "This took too long"
