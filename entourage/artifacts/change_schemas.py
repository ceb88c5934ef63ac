"""What people send to make and to change artifacts."""

import base64
import binascii
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, model_validator

from entourage.artifacts.kinds import ArtifactType
from entourage.artifacts.retention import Keeping
from entourage.artifacts.schemas import MAX_TITLE, Metadata, Retention
from entourage.kit.errors import FieldError, Invalid
from entourage.kit.ids import Id
from entourage.kit.schema import Schema, never_null

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)]


class NewArtifact(Schema):
    """A result made by hand. Text stands in `content`, other bytes in `content_base64` (or use the upload).

    `keep_for` gives it a time to go: a `plan` five minutes, a `session` an hour, `media` and `artifact` two days.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"type": "code", "title": "hello.py", "content": "print('hello')"}},
    )

    type: ArtifactType
    title: Title
    content: str | None = None
    content_base64: str | None = None
    format: str | None = Field(None, max_length=128)
    chat_id: Id | None = None
    metadata: Metadata = Field(default_factory=Metadata.model_construct)
    retention: Retention = "hot"
    keep_for: Keeping | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "NewArtifact":
        if (self.content is None) == (self.content_base64 is None):
            raise ValueError("give either content or content_base64")
        if self.keep_for and self.retention == "permanent":
            raise ValueError("what is permanent has no time to go")
        return self

    def body(self) -> bytes:
        """The content. Raises Invalid for what is no base64, and for text that is none."""
        try:
            if self.content is not None:
                return self.content.encode()
            return base64.b64decode(self.content_base64 or "", validate=True)
        except binascii.Error:
            raise _wrong("content_base64", "This is no base64.") from None
        except UnicodeEncodeError:
            raise _wrong("content", "This is no Unicode text: it has half of a surrogate pair.") from None


class ChangeArtifact(Schema):
    """What changes without a new version. `metadata` replaces all of it; `expires_at` null lets it stay."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"title": "A better title"}})

    title: Title | None = None
    metadata: Metadata | None = None
    retention: Retention | None = None
    keep_for: Keeping | None = None
    expires_at: AwareDatetime | None = None

    _set = never_null("title", "metadata", "retention", "keep_for")

    @model_validator(mode="after")
    def _one_time(self) -> "ChangeArtifact":
        if self.keep_for and self.expires_at is not None:
            raise ValueError("give either keep_for or expires_at")
        if self.retention == "permanent" and (self.keep_for or self.expires_at is not None):
            raise ValueError("what is permanent has no time to go")
        return self


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field=field, message=message)])
