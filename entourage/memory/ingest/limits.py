"""How much at once."""

from __future__ import annotations

import msgspec

from entourage.settings import Settings

MAX_FILES = 500
"""Files of one request."""
MAX_OPEN_FILES = 20_000
"""Files of one person that wait or are read."""
MAX_ATTEMPTS = 8
"""A file whose reading the server did not survive this often is left: it may be to blame, or have had bad luck."""
RECEIVING_SECONDS = 3600
"""Files that did not come in whole within this never will."""
KEPT_SECONDS = 7 * 24 * 3600
"""How long the bytes of files that failed are kept, for another try."""


class Limits(msgspec.Struct, frozen=True):
    """What the settings allow."""

    readers: int
    lease_seconds: float
    file_bytes: int
    memory_bytes: int
    cpu_seconds: int
    quota_bytes: int

    @staticmethod
    def of(settings: Settings) -> Limits:
        """Those of this server."""
        return Limits(
            readers=settings.ingest_readers,
            lease_seconds=settings.lease_seconds,
            file_bytes=settings.ingest_file_bytes,
            memory_bytes=settings.ingest_memory_bytes,
            cpu_seconds=settings.ingest_cpu_seconds,
            quota_bytes=settings.storage_quota_bytes,
        )
