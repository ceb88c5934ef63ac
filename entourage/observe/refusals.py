"""Why something that was sent is not taken: problem documents with a `code` that programs can rely on."""

from __future__ import annotations

from typing import Any

from entourage.kit.errors import BadRequest, Forbidden, Invalid, Problem, TooLarge, UnsupportedMedia


class Refused(Problem):
    """A refusal with its code, and the field it is about."""

    def __init__(self, kind: type[Problem], code: str, detail: str, *, field: str | None = None) -> None:
        self.status, self.slug, self.title = kind.status, kind.slug, kind.title
        errors: Any = [{"field": field, "message": detail}] if field else None
        super().__init__(detail, errors=errors)
        self.code = code
        self.field = field

    def document(self) -> dict[str, object]:
        return {**super().document(), "code": self.code}


def code_of(problem: Problem) -> str:
    """The code of any problem: a refusal's own, else the name of its kind."""
    return problem.code if isinstance(problem, Refused) else problem.slug.replace("-", "_")


def with_code(problem: Problem) -> Problem:
    """The same problem, telling its code in the document."""
    if isinstance(problem, Refused):
        return problem
    told = Refused(type(problem), code_of(problem), problem.detail)
    told.hint, told.errors, told.headers = problem.hint, problem.errors, problem.headers
    return told


def unreadable(code: str, detail: str) -> Refused:
    """400: the body cannot be read at all."""
    return Refused(BadRequest, code, detail)


def invalid(code: str, detail: str, field: str | None = None) -> Refused:
    """422: the body can be read and is wrong."""
    return Refused(Invalid, code, detail, field=field)


def too_large(limit_bytes: int) -> Refused:
    """413."""
    return Refused(TooLarge, "too_large", f"The body is larger than {limit_bytes} bytes.")


def wrong_type(detail: str) -> Refused:
    """415."""
    return Refused(UnsupportedMedia, "content_type", detail)


def foreign_origin(origin: str) -> Refused:
    """403: a page of another site may not send for somebody who is on this machine."""
    return Refused(Forbidden, "origin", f"Pages of {origin[:100]!r} may not send events.")


def not_yours(detail: str) -> Refused:
    """403."""
    return Refused(Forbidden, "forbidden", detail)
