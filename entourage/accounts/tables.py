"""Rows of people. Tokens and keys are kept as hashes, secrets encrypted; `*_at` are epoch milliseconds."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from entourage.kit.clock import now_ms
from entourage.kit.ids import new_id
from entourage.stores.sql.base import ID, Base, Json, Owned

HASH = String(64)
"""SHA-256 in hex: enough for random tokens of 160 bits and more, which nobody can guess from it."""


class User(Base):
    """A person. `token_version` counts up to end every access token given so far; `version` is that of the ETag."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(Text)
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    token_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class SigningKey(Base):
    """A key of access tokens, encrypted by the vault."""

    __tablename__ = "signing_keys"

    kid: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class SignIn(Owned, Base):
    """One sign-in of one browser or program: a family of refresh tokens, of which only the last works."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_owner_id_revoked_at", "owner_id", "revoked_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    revoked_at: Mapped[int | None] = mapped_column(BigInteger)


class RefreshToken(Owned, Base):
    """A refresh token. `used_at` is when the next one of its family was given for it."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    sign_in_id: Mapped[str] = mapped_column(ID, ForeignKey("sign_ins.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    used_at: Mapped[int | None] = mapped_column(BigInteger)
    next_hash: Mapped[str | None] = mapped_column(HASH)


class ApiKey(Owned, Base):
    """A personal key or an ingest key, known by the hash of it; `prefix` is what a person may see again."""

    __tablename__ = "api_keys"
    __table_args__ = (Index("ix_api_keys_owner_id_id", "owner_id", "id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20))
    key_hash: Mapped[str] = mapped_column(HASH, unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    app: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    last_used_at: Mapped[int | None] = mapped_column(BigInteger)


class Secret(Owned, Base):
    """A value that only the server reads back, encrypted by the vault."""

    __tablename__ = "secrets"

    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class PreferencesRow(Owned, Base):
    """What a person changed of the default preferences."""

    __tablename__ = "preferences"

    owner_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    changes: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)


class SetupToken(Base):
    """The one-time link that makes the first admin. There is at most one row."""

    __tablename__ = "setup_tokens"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(HASH)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)


class Invite(Base):
    """An invitation to register, for one address or for whoever holds the link."""

    __tablename__ = "invites"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(HASH, unique=True)
    email: Mapped[str | None] = mapped_column(String(254))
    created_by: Mapped[str] = mapped_column(ID)
    created_at: Mapped[int] = mapped_column(BigInteger, default=now_ms)
    expires_at: Mapped[int] = mapped_column(BigInteger)


class IdempotentAnswer(Owned, Base):
    """The answer to a POST with an `Idempotency-Key`; `status` is null while the first one runs.

    Headers and body are encrypted by the vault: an answer may hold a key that is shown once.
    """

    __tablename__ = "idempotent_answers"

    owner_id: Mapped[str] = mapped_column(ID, primary_key=True)
    key_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    request_hash: Mapped[str] = mapped_column(HASH)
    attempt: Mapped[str] = mapped_column(ID)
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    locked_until: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
