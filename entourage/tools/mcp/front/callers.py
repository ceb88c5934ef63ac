"""Who a client speaks for: from a token to a person, with what the token is good for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from entourage.accounts.identity import BUNDLE_TOKEN_MARK, Identities
from entourage.accounts.standing import Standings
from entourage.kit.clock import now_ms
from entourage.kit.errors import Forbidden, Problem, Unauthorized
from entourage.llm.kept import Kept
from entourage.tools.mcp.bundles.service import Bundles
from entourage.tools.mcp.bundles.tables import BundleRow
from entourage.tools.mcp.bundles.tokens import BundleTokens


@dataclass(frozen=True, slots=True)
class Client:
    """A token's owner. `bundle` is what a bundle's token opens, `tools` its own narrower choice of globs."""

    owner_id: str
    key_id: str | None = None
    sign_in_id: str | None = None
    bundle: BundleRow | None = None
    tools: frozenset[str] | None = None
    expires_at: int | None = None
    token: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[str, str | None]:
        """Says whose and which key or sign-in: sessions belong to it, and outlive its access tokens."""
        return self.owner_id, self.key_id or self.sign_in_id

    @property
    def is_over(self) -> bool:
        """Whether the token has expired."""
        return self.expires_at is not None and self.expires_at <= now_ms()


class Clients:
    """Clients by token: a personal key with the scope `write`, the access token of a session, a bundle's token."""

    def __init__(self, identities: Identities, standings: Standings, tokens: BundleTokens, bundles: Bundles) -> None:
        self._identities = identities
        self._standings = standings
        self._tokens = tokens
        self._kept: Kept[Client] = Kept(self._look_up)
        standings.on_forget(self._kept.drop)
        tokens.on_revoke(lambda _: self._kept.drop())
        bundles.on_change(lambda _: self._kept.drop())

    def known(self, token: str) -> Client | None:
        """The client if it is at hand; else ask `of_token`."""
        client = self._kept.known(token)
        return None if client is None or client.is_over else client

    async def of_token(self, token: str) -> Client:
        """Raises Unauthorized, and Forbidden when the token may not call tools."""
        client = await self._kept.of(token)
        if client.is_over:
            raise _unknown()
        return client

    async def still(self, client: Client) -> bool:
        """Whether the token is as good as it was."""
        try:
            return (await self.of_token(client.token)).key == client.key
        except Problem:
            return False

    def on_forget(self, listener: Callable[[], None]) -> None:
        """Call `listener` when people or keys have changed."""
        self._standings.on_forget(listener)

    async def _look_up(self, token: str) -> Client:
        if not token:
            raise Unauthorized("There is no key.", hint="Send `Authorization: Bearer <key>`.")
        if token.startswith(BUNDLE_TOKEN_MARK):
            return await self._of_bundle(token)
        identity = await self._identities.of_token(token)
        if "write" not in identity.scopes:
            raise Forbidden("This key may not call tools.", hint="Make a key with the scope 'write'.")
        return Client(
            identity.user_id, identity.key_id, identity.sign_in_id, expires_at=identity.expires_at, token=token
        )

    async def _of_bundle(self, token: str) -> Client:
        opened = await self._tokens.opened(token)
        person = await self._standings.of_person(opened.token.owner_id) if opened else None
        if opened is None or person is None or not person.is_active:
            raise _unknown()
        row = opened.token
        tools = None if row.tools is None else frozenset(row.tools)
        return Client(row.owner_id, row.id, bundle=opened.bundle, tools=tools, expires_at=row.expires_at, token=token)


def _unknown() -> Unauthorized:
    return Unauthorized("The token is unknown, expired or revoked.", hint="Make a new one.")
