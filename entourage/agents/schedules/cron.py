"""Times by cron expressions, in a time zone.

As Debian's cron does it: a time that the clock jumps over in spring comes at the jump, a time that comes twice in
autumn is taken once, and what comes every so many minutes or hours goes by real time.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

FIELDS = 5


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Raises ValueError for what is no time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"is no time zone: {name!r}; give a name like Europe/Lisbon, or UTC") from None


def next_ms(cron: str, timezone: str, after_ms: int) -> int:
    """The first time after `after_ms`, in milliseconds. Raises ValueError for what is no cron line, or never comes."""
    if len(cron.split()) != FIELDS:
        raise ValueError("must have five fields: minute, hour, day of the month, month, day of the week")
    after = datetime.fromtimestamp(after_ms / 1000, UTC).astimezone(zone(timezone))
    try:
        found = next(CronSim(cron, after))
    except CronSimError as error:
        raise ValueError(f"is no cron line: {str(error).lower()}") from None
    except StopIteration:
        raise ValueError("never comes") from None
    return round(found.timestamp() * 1000)
