"""The services each person can call, at hand: rows and secrets are read every few seconds and after each change."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import msgspec
from sqlalchemy import or_, select

from entourage.accounts.vault import Vault
from entourage.kit.errors import NotFound
from entourage.kit.exchange import Header
from entourage.llm.kept import Kept
from entourage.stores.sql import EVERYONE, Database
from entourage.tools.services.openapi.operations import Operation
from entourage.tools.services.tables import ServiceRow
from entourage.wire.origin import Origin, split_url

_READ_ALSO = {"HEAD": "GET"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Known:
    """A service as it is called. `auth` are the headers it knows us by; `origin` is None for our own APIs."""

    id: str
    name: str
    title: str
    owner_id: str
    version: int
    operations: Mapping[str, Operation]
    timeout_seconds: float
    origin: Origin | None = None
    base_path: str = ""
    auth: tuple[Header, ...] = ()
    secrets: tuple[str, ...] = ()
    """What must not come back: the secret, bare and as it is sent."""
    retries: int = 0
    rps: float | None = None
    quota_per_day: int | None = None
    allow: Sequence[str] = ()

    def may(self, method: str, path: str) -> bool:
        """Whether this may be asked of it; without rules everything may."""
        if not self.allow:
            return True
        wanted = {method, _READ_ALSO.get(method, method)}
        for rule in self.allow:
            verb, _, pattern = rule.partition(" ")
            if (verb == "*" or verb in wanted) and fnmatchcase(path, pattern):
                return True
        return False

    @property
    def counted_as(self) -> str:
        """The name its calls are counted under."""
        return f"svc:{self.id}"


class KnownServices:
    """Services by person and name: their own, then shared ones, then the server's own APIs."""

    def __init__(self, database: Database, vault: Vault, own: Callable[[], dict[str, Known]]) -> None:
        self._database = database
        self._vault = vault
        self._read_own = own
        self._kept: Kept[dict[str, Known]] = Kept(self._look_up)
        self._own: dict[str, Known] | None = None
        self._listeners: list[Callable[[str | None], None]] = []

    def on_change(self, listener: Callable[[str | None], None]) -> None:
        """Tell `listener` whose services (None: everybody's) this process has changed."""
        self._listeners.append(listener)

    @property
    def inside(self) -> dict[str, Known]:
        """The server's own APIs; their documents are read when they are first wanted."""
        if self._own is None:
            self._own = self._read_own()
        return self._own

    def at_hand(self, owner_id: str) -> dict[str, Known] | None:
        """All of a person's if they are known; else ask `of`."""
        return self._kept.known(owner_id)

    async def of(self, owner_id: str) -> dict[str, Known]:
        """All of a person's by name."""
        return await self._kept.of(owner_id)

    async def named(self, owner_id: str, name: str) -> Known:
        """One of them. Raises NotFound."""
        services = self.at_hand(owner_id) or await self.of(owner_id)
        if (found := services.get(name)) is None:
            raise NotFound(f"There is no service {name[:80]!r}.", hint="GET /api/v1/services lists them.")
        return found

    def changed(self, owner_id: str | None) -> None:
        """A person's services are others now; None: everybody's."""
        self._kept.drop(owner_id)
        for listener in self._listeners:
            listener(owner_id)

    async def _look_up(self, owner_id: str) -> dict[str, Known]:
        query = select(ServiceRow).where(or_(ServiceRow.owner_id == owner_id, ServiceRow.is_shared))
        async with self._database.read(EVERYONE) as session:
            rows = (await session.scalars(query.order_by(ServiceRow.id))).all()
        found = dict(self.inside)
        for row in sorted(rows, key=lambda row: row.owner_id == owner_id):  # one's own go last and hide shared ones
            found[row.name] = await self._known(row)
        return found

    async def _known(self, row: ServiceRow) -> Known:
        origin, base_path = split_url(row.base_url)
        secret = await self._vault.get(row.owner_id, row.secret_name) if row.auth_kind != "none" else None
        auth = _auth(row, secret) if secret else ()
        operations = msgspec.convert(row.operations, list[Operation])
        return Known(
            id=row.id,
            name=row.name,
            title=row.title,
            owner_id=row.owner_id,
            version=row.version,
            origin=origin,
            base_path=base_path,
            auth=auth,
            secrets=(secret, *(value.decode("latin-1") for _, value in auth)) if secret else (),
            operations={operation.id: operation for operation in operations},
            timeout_seconds=row.timeout_seconds,
            retries=row.retries,
            rps=row.rps,
            quota_per_day=row.quota_per_day,
            allow=tuple(row.allow),
        )


def _auth(row: ServiceRow, secret: str) -> tuple[Header, ...]:
    if row.auth_kind == "bearer":
        return ((b"authorization", b"Bearer " + secret.encode()),)
    if row.auth_kind == "basic":
        return ((b"authorization", b"Basic " + b64encode(secret.encode())),)
    return (((row.auth_header or "").lower().encode(), secret.encode()),)
