"""People over the wire."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from entourage.accounts.fields import AppName, Email, FullName, KnownPassword, Label, NewPassword, SecretValue, Token
from entourage.kit.clock import Time
from entourage.kit.ids import Id
from entourage.kit.schema import Schema

ByCookie = Annotated[bool, Field(description="Keep the refresh token in an HttpOnly cookie (for browsers).")]


class Body(Schema):
    """A request body: unknown fields are refused, and "true" is no boolean."""

    model_config = ConfigDict(extra="forbid", strict=True)


class UserOut(Schema):
    """A person, as they see themselves."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    email: str = Field(examples=["ana@example.com"])
    full_name: str = Field(examples=["Ana Silva"])
    is_admin: bool
    created_at: Time


class UserAsAdmin(UserOut):
    """A person, as an admin sees them."""

    is_active: bool


class TokensOut(Schema):
    """What a sign-in gives. `expires_in` is the life of the access token in seconds."""

    access_token: str
    refresh_token: str | None = Field(description="Null when it is kept in a cookie.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  the kind, not a token
    expires_in: int = Field(examples=[1800])
    user: UserOut


class SetupState(Schema):
    """Whether the server still waits for its first admin, and who may register."""

    needs_admin: bool
    registration: Literal["open", "invite", "closed"]


class SetupIn(Body):
    """The first admin, by the one-time link."""

    token: Token
    email: Email
    password: NewPassword
    full_name: FullName
    cookie: ByCookie = False


class RegisterIn(Body):
    """A new person."""

    email: Email
    password: NewPassword
    full_name: FullName
    invite: Token | None = None
    cookie: ByCookie = False


class LoginIn(Body):
    """A sign-in."""

    email: Email
    password: KnownPassword
    cookie: ByCookie = False


class RefreshIn(Body):
    """A refresh token, unless it comes as a cookie."""

    refresh_token: Token | None = None


class PasswordIn(Body):
    """A change of password; it ends all other sign-ins."""

    current_password: KnownPassword
    new_password: NewPassword


class UserPatch(Body):
    """What an admin may change of a person; what is left out or null stays."""

    is_active: bool | None = None
    is_admin: bool | None = None


class InviteIn(Body):
    """An invitation, for one address or for whoever holds the link."""

    email: Email | None = None


class InviteOut(Schema):
    """An invitation as it is listed."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    email: str | None
    created_at: Time
    expires_at: Time


class InviteMade(InviteOut):
    """A new invitation; its token is shown only now."""

    token: str
    link_path: str = Field(examples=["/register?invite=..."])


Scope = Literal["read", "write", "ingest", "admin"]


class KeyIn(Body):
    """A new API key; a key with the scope `ingest` has no other."""

    name: Label
    scopes: list[Scope] = Field(default_factory=lambda: list[Scope](("read", "write")), min_length=1, max_length=4)
    expires_in_days: int | None = Field(None, ge=1, le=3650, examples=[90])
    app: AppName | None = Field(None, description="The application that an ingest key is for.")


class KeyOut(Schema):
    """An API key as it is listed."""

    model_config = ConfigDict(from_attributes=True)

    id: Id
    name: str
    prefix: str = Field(examples=["ent_4f0c2a91"])
    scopes: list[str]
    app: str | None = None
    created_at: Time
    expires_at: Time | None
    last_used_at: Time | None


class KeyMade(KeyOut):
    """A new API key; the key itself is shown only now."""

    key: str


class SecretIn(Body):
    """The value of a secret. It is never shown again."""

    value: SecretValue


class SecretOut(Schema):
    """That there is a secret, and since when it has its value."""

    name: str = Field(examples=["GITHUB_TOKEN"])
    updated_at: Time


class SecretList(Schema):
    """A person's secrets, without values."""

    items: list[SecretOut]


def example(**fields: Any) -> dict[str, Any]:
    """An OpenAPI example of a body, for `Body(openapi_examples=...)`."""
    return {"example": {"value": fields}}
