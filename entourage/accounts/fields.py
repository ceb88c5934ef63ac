"""The texts people send: addresses, names, passwords, tokens. Each has a length and a form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, WithJsonSchema

MAX_EMAIL_CHARACTERS = 254
MIN_PASSWORD_CHARACTERS = 10
MAX_PASSWORD_CHARACTERS = 200
MAX_SECRET_CHARACTERS = 16_384

_CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROL = re.compile(f"[{_CONTROLS}]")
_LINE_PATTERN = f"^[^{_CONTROLS}]*[^\\s{_CONTROLS}][^{_CONTROLS}]*$"


def normal_email(text: str) -> str:
    """The one form of an address: lower case, NFC, ASCII domain where it has one. Raises ValueError."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # people at home have addresses such as admin@localhost, so the domain need not be a public one
        found = validate_email(
            text.strip(), check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError:
        raise ValueError("this is not an e-mail address") from None
    email = unicodedata.normalize("NFC", found.normalized.lower())
    if len(email) > MAX_EMAIL_CHARACTERS or _CONTROL.search(email):
        raise ValueError("this is not an e-mail address")
    return email


def one_line(text: str) -> str:
    """Text without control characters. Raises ValueError."""
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed here")
    return unicodedata.normalize("NFC", text)


def _between(least: int, most: int) -> Callable[[SecretStr], SecretStr]:
    def check(secret: SecretStr) -> SecretStr:
        if not least <= len(secret.get_secret_value()) <= most:
            raise ValueError(f"it must have {least} to {most} characters")
        return secret

    return check


def _not_the_team(name: str) -> str:
    if name in {"team", "gateway"}:
        raise ValueError("the team and the gateway send nothing by a key")
    return name


def _secret_schema(least: int, most: int, shown: str) -> WithJsonSchema:
    bounds = {"minLength": least, "maxLength": most, "pattern": r"^[^\x00]+$"}
    return WithJsonSchema({"type": "string", "format": "password", "writeOnly": True, "examples": [shown], **bounds})


Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=MAX_EMAIL_CHARACTERS),
    AfterValidator(normal_email),
    WithJsonSchema(
        {"type": "string", "format": "email", "minLength": 3, "maxLength": 254, "examples": ["ana@example.com"]}
    ),
]
FullName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(one_line),
    Field(examples=["Ana Silva"], json_schema_extra={"pattern": _LINE_PATTERN}),
]
Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(one_line),
    Field(examples=["laptop"], json_schema_extra={"pattern": _LINE_PATTERN}),
]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(_between(MIN_PASSWORD_CHARACTERS, MAX_PASSWORD_CHARACTERS)),
    _secret_schema(MIN_PASSWORD_CHARACTERS, MAX_PASSWORD_CHARACTERS, "correct horse battery"),
]
KnownPassword = Annotated[
    SecretStr,
    AfterValidator(_between(1, MAX_PASSWORD_CHARACTERS)),
    _secret_schema(1, MAX_PASSWORD_CHARACTERS, "correct horse battery"),
]
SecretValue = Annotated[
    SecretStr,
    AfterValidator(_between(1, MAX_SECRET_CHARACTERS)),
    _secret_schema(1, MAX_SECRET_CHARACTERS, "the secret"),
]
AppName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$"),
    AfterValidator(_not_the_team),
    Field(examples=["claude-code"]),
]
Token = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=r"^[^\x00]+$")]
SecretName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$"),
    Field(description="Letters, digits, `_`, `.`, `-`.", examples=["GITHUB_TOKEN"]),
]
