"""Access tokens: JWT signed with HS256. Several keys are accepted, the newest signs (`kid` says which)."""

from __future__ import annotations

import asyncio
import secrets
import time
from functools import lru_cache
from typing import Any

import jwt
import msgspec
from sqlalchemy import delete, select

from entourage.accounts.tables import SigningKey
from entourage.accounts.vault import Vault
from entourage.kit.clock import now_ms
from entourage.kit.errors import Unauthorized
from entourage.kit.ids import is_id, new_id
from entourage.stores.sql import EVERYONE, Database

ISSUER = "entourage"
ALGORITHM = "HS256"
KEY_BYTES = 48
_RELOAD_SECONDS = 5.0
_MAX_TOKEN_CHARACTERS = 2048


class Claims(msgspec.Struct, frozen=True):
    """What an access token says. `sign_in_id` is None for tokens made on the command line."""

    user_id: str
    sign_in_id: str | None
    token_version: int
    expires_at: int


class _Key(msgspec.Struct, frozen=True):
    kid: str
    secret: bytes
    created_at: int


class AccessTokens:
    """Signs and reads access tokens. `life_seconds` is how long one lives."""

    def __init__(self, database: Database, vault: Vault, life_seconds: int) -> None:
        self.life_seconds = life_seconds
        self._database = database
        self._vault = vault
        self._keys: dict[str, _Key] = {}
        self._signer: _Key | None = None
        self._loaded_at = 0.0
        self._loading = asyncio.Lock()

    async def start(self) -> None:
        """Load the keys; make the first. Raises MasterKeyError."""
        await self._load()
        if self._signer is None:
            await self.rotate()

    async def rotate(self) -> str:
        """Make a new signing key and give its kid. Tokens signed by the one before live out their time."""
        row = SigningKey(kid=new_id(), secret=self._vault.seal(secrets.token_bytes(KEY_BYTES)), created_at=now_ms())
        async with self._database.write(EVERYONE) as session:
            session.add(row)
        await self._load()
        return row.kid

    async def retire(self) -> None:
        """Remove keys whose last tokens have expired."""
        async with self._database.write(EVERYONE) as session:
            rows = (await session.scalars(select(SigningKey))).all()
            usable = {key.kid for key in self._usable([_Key(row.kid, b"", row.created_at) for row in rows])}
            old = [row.kid for row in rows if row.kid not in usable]
            if old:
                await session.execute(delete(SigningKey).where(SigningKey.kid.in_(old)))

    async def _load(self) -> None:
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(select(SigningKey))).all()
        found = [_Key(row.kid, self._vault.unseal(row.secret), row.created_at) for row in rows]
        usable = self._usable(found)
        self._keys = {key.kid: key for key in usable}
        self._signer = usable[-1] if usable else None
        self._loaded_at = time.monotonic()

    def _usable(self, keys: list[_Key]) -> list[_Key]:
        """Oldest first, without those that were replaced longer ago than a token lives."""
        keys = sorted(keys, key=lambda key: (key.created_at, key.kid))
        horizon = now_ms() - self.life_seconds * 1000
        replaced_at = [newer.created_at for newer in keys[1:]]
        return [key for key, end in zip(keys, [*replaced_at, horizon + 1], strict=False) if end > horizon]

    def sign(self, user_id: str, sign_in_id: str | None, token_version: int) -> str:
        """A token for `life_seconds`. Raises LookupError before `start`."""
        if self._signer is None:
            raise LookupError("the signing keys are not loaded")
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user_id,
            "sid": sign_in_id,
            "ver": token_version,
            "iat": now,
            "exp": now + self.life_seconds,
        }
        return jwt.encode(claims, self._signer.secret, ALGORITHM, headers={"kid": self._signer.kid})

    async def read(self, token: str) -> Claims:
        """The claims of a token that is ours and alive. Raises Unauthorized."""
        if len(token) > _MAX_TOKEN_CHARACTERS:
            raise _not_ours()
        kid = _kid_of(token)
        key = await self._find(kid) if isinstance(kid, str) and is_id(kid) else None
        if key is None:
            raise _not_ours()
        claims = _verified(token, key)
        if claims.expires_at <= time.time() * 1000:
            raise Unauthorized("The access token has expired.", hint="Get a new one with the refresh token.")
        return claims

    async def _find(self, kid: str) -> _Key | None:
        """The key, looked for once more in the rows when another process may have made it."""
        if kid not in self._keys:
            async with self._loading:
                if kid not in self._keys and time.monotonic() - self._loaded_at > _RELOAD_SECONDS:
                    await self._load()
        return self._keys.get(kid)


@lru_cache(maxsize=1_024)
def _kid_of(token: str) -> Any:
    """What the token says it was signed with."""
    try:
        return jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError:
        raise _not_ours() from None


@lru_cache(maxsize=4_096)
def _verified(token: str, key: _Key) -> Claims:
    """What we signed, whenever that was: a signature that was right once stays right."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.secret,
            [ALGORITHM],
            issuer=ISSUER,
            # clocks of several servers differ a little, and the time of signing decides nothing
            options={"require": ["exp", "iat", "sub", "ver"], "verify_iat": False, "verify_exp": False},
        )
    except jwt.InvalidTokenError:
        raise _not_ours() from None
    return Claims(claims["sub"], claims.get("sid"), claims["ver"], claims["exp"] * 1000)


def _not_ours() -> Unauthorized:
    return Unauthorized("The token is not one of this server.", hint="Sign in, or send a personal API key.")
