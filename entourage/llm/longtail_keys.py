"""Keys of providers that take more than one string: a JSON object in the place of the key.

Everything that could lead requests elsewhere, or to the server's own cloud account, is left out or checked: without a
key of the person's there is no call.
"""

from __future__ import annotations

import importlib
import re
from typing import Any

import msgspec

_GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  an address
_GOOGLE_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_GOOGLE_FIELDS = ("type", "project_id", "private_key_id", "private_key", "client_email", "client_id")
_REGION = re.compile(r"[a-z]{2,12}(?:-[a-z0-9]{1,16}){0,4}")
_AWS_FIELDS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


def credentials_of(provider: str, key: str | None) -> dict[str, Any]:
    """Arguments of any-llm's client. Raises ValueError, saying what is missing; never with a part of the key."""
    if not key:
        raise ValueError("there is none")
    match provider:
        case "vertexai":
            return _google(_object(key))
        case "bedrock":
            return _aws(_object(key))
        case _:
            return {"api_key": key}


def _object(key: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(key, type=dict[str, Any])
    except msgspec.DecodeError:
        raise ValueError("it must be a JSON object") from None


def _google(fields: dict[str, Any]) -> dict[str, Any]:
    """A service account's key file, with `location` beside its own fields."""
    service_account: Any = importlib.import_module("google.oauth2.service_account")  # of the extra

    info = {name: fields[name] for name in _GOOGLE_FIELDS if name in fields} | {"token_uri": _GOOGLE_TOKEN_URI}
    if info.get("type") != "service_account":
        raise ValueError('a service account is needed: its key file, with "location" added')
    credentials = service_account.Credentials.from_service_account_info(info, scopes=_GOOGLE_SCOPES)
    location = _region(fields.get("location") or "global", "location")
    return {"credentials": credentials, "project": info["project_id"], "location": location}


def _aws(fields: dict[str, Any]) -> dict[str, Any]:
    given = {name: str(fields[name]) for name in _AWS_FIELDS if fields.get(name)}
    if len(given.keys() & set(_AWS_FIELDS[:2])) < 2:
        raise ValueError(f"it needs {_AWS_FIELDS[0]}, {_AWS_FIELDS[1]} and region_name")
    return given | {"region_name": _region(fields.get("region_name"), "region_name")}


def _region(given: object, name: str) -> str:
    """It becomes part of a host's name."""
    if not isinstance(given, str) or not _REGION.fullmatch(given):
        raise ValueError(f"its {name} is no region")
    return given
