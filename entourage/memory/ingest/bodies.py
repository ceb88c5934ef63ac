"""Two bodies of one door: files as a form, or one source as JSON."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from msgspec.structs import replace
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from entourage.kit.errors import BadRequest, Invalid, UnsupportedMedia
from entourage.kit.ids import Id
from entourage.kit.problems import is_json
from entourage.memory.fields import AgentName, Tags
from entourage.memory.ingest.limits import MAX_FILES
from entourage.memory.ingest.schemas import Job, NewIngest
from entourage.memory.ingest.service import Ingest, Options, Upload
from entourage.memory.sharing.opening import Opened

MAX_FIELDS = 64
_FORM = "multipart/form-data"
_TRUE, _FALSE = {"true", "1", "on", "yes"}, {"false", "0", "off", "no"}

BODIES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1},
                        "tags": {"type": "array", "items": {"type": "string"}},
                        "agent": {"type": "string"},
                        "shared": {"type": "boolean", "default": True},
                        "workspace": {"type": "string", "format": "uuid"},
                    },
                }
            },
            "application/json": {"schema": {"$ref": "#/components/schemas/NewIngest"}},
        },
    }
}


class Files(msgspec.Struct, frozen=True):
    """A form with files."""

    form: FormData
    options: Options
    workspace: str | None

    async def hand_to(self, ingest: Ingest, opened: Opened) -> Job:
        """Have them read."""
        return await ingest.add_files(opened.owner_id, self._uploads(), replace(self.options, author=opened.author))

    def _uploads(self) -> list[Upload]:
        sent = [one for one in self.form.getlist("files") if isinstance(one, UploadFile)]
        return [Upload(one.filename or "", one.read) for one in sent]


class One(msgspec.Struct, frozen=True):
    """A source."""

    new: NewIngest

    @property
    def workspace(self) -> str | None:
        return self.new.workspace

    async def hand_to(self, ingest: Ingest, opened: Opened) -> Job:
        """Have it read."""
        return await ingest.add_source(opened.owner_id, self.new, opened.author)


@asynccontextmanager
async def received(request: Request) -> AsyncGenerator[Files | One]:
    """The body. Raises Invalid, BadRequest, UnsupportedMedia."""
    kind = request.headers.get("content-type", "")
    if is_json(kind):
        yield One(_parsed(await request.body()))
        return
    if not kind.lower().startswith(_FORM):
        raise UnsupportedMedia("Files come as multipart/form-data, one source as application/json.")
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS)
    except HTTPException as error:
        raise BadRequest(str(error.detail)) from None
    async with request.form():
        workspace = _checked("workspace", Id, form["workspace"]) if form.get("workspace") else None
        yield Files(form, _options(form), workspace)


def _parsed(body: bytes) -> NewIngest:
    try:
        return NewIngest.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None


def _options(form: FormData) -> Options:
    shared = str(form.get("shared", "true")).lower()
    if shared not in _TRUE | _FALSE:
        raise Invalid("`shared` is true or false.", errors=[{"field": "shared", "message": "not a boolean"}])
    tags = _checked("tags", Tags, [str(tag) for tag in form.getlist("tags")])
    agent = _checked("agent", AgentName, form["agent"]) if form.get("agent") else None
    return Options(tags, agent, shared in _TRUE)


def _checked(field: str, kind: Any, value: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise Invalid(f"`{field}`: {message}.", errors=[{"field": field, "message": message}]) from None
