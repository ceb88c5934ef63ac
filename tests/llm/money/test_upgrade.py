"""A server that is brought up to date knows what its team has spent before."""

from __future__ import annotations

from pathlib import Path

from entourage import migrate
from entourage.kit.ids import new_id
from entourage.llm.money.usage import UsageFilter, UsageQueries
from entourage.stores.log import Record, Rollup, open_log_store
from entourage.stores.sql import Database

SPENT = (
    '{"provider":"openai","model":"gpt-4o","input_tokens":100,"output_tokens":10,"cached_tokens":5,'
    '"reasoning_tokens":0,"cost_usd":%s,"latency_ms":5,"first_token_ms":null}'
)


async def test_calls_before_the_upgrade_are_counted(tmp_path: Path, database_url: str | None) -> None:
    database = Database(database_url, tmp_path)
    await migrate.upgrade(database)
    log, owner = open_log_store(database), new_id()
    ts = 1_763_700_000_000
    await log.append(
        [
            (Record(owner, new_id(), "s", None, None, "coder", "usage", ts, None, SPENT % cost, None, source), Rollup())
            for cost, source in (('"0.25"', "team"), ('"0.5"', "team"), ("null", "team"), ('"9"', "claude-code"))
        ]
    )
    await log.close()
    await migrate.downgrade(database, "0005")
    await migrate.upgrade(database)
    for by, key in (("model", "gpt-4o"), ("agent", "coder"), ("session", "s"), ("door", "agents")):
        told = await UsageQueries(database).read(UsageFilter(owner, 0, ts), by, None)
        (item,) = told.items
        assert (item.key, item.calls, item.cost_usd, item.input_tokens) == (key, 3, "0.75", 300)
    await database.close()
