"""Workspaces and their members over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from entourage.accounts.fields import Email
from entourage.kit.clock import Time
from entourage.kit.schema import Schema, never_null

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Glob = Annotated[str, StringConstraints(min_length=1, max_length=200)]
RoleName = Literal["owner", "editor", "viewer"]
GivenRole = Literal["editor", "viewer"]

EXCLUDED = (".git", "node_modules", "__pycache__", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache")
"""Names that trees and searches leave out unless asked for them."""


class Settings(Schema):
    """What a workspace can be set to. `exclude` are names (with `*`) that trees and searches leave out; with `review`
    what agents change is kept for you to accept or revert."""

    model_config = ConfigDict(extra="forbid")

    exclude: list[Glob] = Field(default_factory=lambda: list(EXCLUDED), max_length=100)
    review: bool = True


class ChangeSettings(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    exclude: list[Glob] | None = Field(None, max_length=100)
    review: bool | None = None

    _not_null = never_null()


class NewWorkspace(Schema):
    """A new, empty workspace of yours."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "Website"}})

    name: Name
    description: Description = ""
    settings: ChangeSettings | None = None


class ChangeWorkspace(Schema):
    """What changes; the rest stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"description": "Our site"}})

    name: Name | None = None
    description: Description | None = None
    settings: ChangeSettings | None = None

    _not_null = never_null()


class Person(Schema):
    """Somebody of this server."""

    id: str
    full_name: str


class Usage(Schema):
    """What a workspace holds, as of a few seconds ago."""

    bytes: int
    files: int
    quota_bytes: int


class Workspace(Schema):
    """A workspace; `role` is yours in it, `git` whether it is a repository."""

    id: str
    name: str
    description: str
    role: RoleName
    owner: Person
    settings: Settings
    usage: Usage
    git: bool
    created_at: Time
    updated_at: Time
    version: int

    def wire(self) -> dict[str, Any]:
        """As it goes into an event: what is the same for every member."""
        return self.model_dump(mode="json", exclude={"role", "usage", "git"})


class NewMember(Schema):
    """Somebody who shall come in: the address they have here."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"email": "b@example.com"}})

    email: Email
    role: GivenRole = "editor"


class ChangeMember(Schema):
    """Another role."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"role": "viewer"}})

    role: GivenRole


class Member(Schema):
    """Somebody who may come in."""

    user_id: str
    email: str
    full_name: str
    role: RoleName
    since: Time


class Members(Schema):
    """Everybody who may come in, the owner first."""

    items: list[Member]
