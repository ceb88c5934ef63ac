"""Constraints and indexes on Neo4j, made step by step; the database remembers how far it is.

Every step may be done twice: two servers that start at once do no harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from entourage.stores.graph.neo4j.statements import BASE, NAMES_INDEX

if TYPE_CHECKING:
    from neo4j import AsyncDriver

STEPS: tuple[tuple[str, ...], ...] = (
    (
        f"CREATE CONSTRAINT entourage_node_id IF NOT EXISTS FOR (n:`{BASE}`) REQUIRE (n.owner, n.id) IS UNIQUE",
        f"CREATE INDEX entourage_node_name IF NOT EXISTS FOR (n:`{BASE}`) ON (n.owner, n.name_key)",
        (
            f"CREATE FULLTEXT INDEX {NAMES_INDEX} IF NOT EXISTS FOR (n:`{BASE}`) ON EACH [n.owner, n.words] "
            "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}"
        ),
    ),
)
"""Statements of each version of the schema, oldest first. Only ever appended to."""

_VERSION = "MATCH (s:`entourage.schema` {id: 1}) RETURN s.version"
_ONE = "CREATE CONSTRAINT entourage_schema_id IF NOT EXISTS FOR (s:`entourage.schema`) REQUIRE s.id IS UNIQUE"
_REACHED = "MERGE (s:`entourage.schema` {id: 1}) SET s.version = $version"
WAIT_SECONDS = 120


async def migrate(driver: AsyncDriver) -> int:
    """Bring the schema up; its version."""
    rows, _, _ = await driver.execute_query(_VERSION)
    version = int(rows[0][0]) if rows else 0
    if version >= len(STEPS):
        return version
    await driver.execute_query(_ONE)
    for number, statements in enumerate(STEPS[version:], version + 1):
        for statement in statements:
            await driver.execute_query(cast("Any", statement))  # one of `STEPS`
        await driver.execute_query("CALL db.awaitIndexes($seconds)", {"seconds": WAIT_SECONDS})
        await driver.execute_query(_REACHED, {"version": number})
    return len(STEPS)
