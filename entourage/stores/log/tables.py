"""Tables of the event log. They are written by raw statements (`sqlite.py`, `postgres.py`), never through the ORM."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from entourage.stores.sql.base import ID, Base, JsonText

events = Table(
    "events",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(128), nullable=False),
    Column("session_id", String(128)),
    Column("run_id", ID),
    Column("parent_run_id", ID),
    Column("agent", String(128)),
    Column("type", String(128), nullable=False),
    Column("ts", BigInteger, nullable=False),
    Column("client_ts", BigInteger),
    Column("data", JsonText, nullable=False),
    Column("trace_id", String(32)),
    Column("source", String(64), nullable=False),
    Index("uq_events_owner_id_id", "owner_id", "id", unique=True),
    Index("ix_events_owner_id_session_id_seq", "owner_id", "session_id", "seq"),
    Index("ix_events_owner_id_type_seq", "owner_id", "type", "seq"),
    Index("ix_events_owner_id_agent_seq", "owner_id", "agent", "seq"),
    Index("ix_events_owner_id_source_seq", "owner_id", "source", "seq"),
)

marks = Table(
    "event_marks",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)
"""The first seq of each ten seconds: where a reader of a time begins."""

heads = Table(
    "event_heads",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

rollups = Table(
    "event_rollups",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("type", String(128), primary_key=True),
    Column("agent", String(128), primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    Column("cost_micro_usd", BigInteger, nullable=False),
)

latencies = Table(
    "event_latencies",
    Base.metadata,
    Column("owner_id", ID, primary_key=True),
    Column("type", String(128), primary_key=True),
    Column("agent", String(128), primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
)
