"""The statements that decide which tasks begin.

They walk the queues that have somebody waiting by their index (a recursive skip scan, so what it costs does not grow
with what waits), take the first few of each, and give each the rank that it would have among the running ones of its
agent. Ranks above the bound wait; lower ranks come first: fifty agents share the slots evenly, whatever each queued.

The engines differ in how one says "for each of these, the first of those": a join with a subquery here, LATERAL there.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, TextClause, bindparam, text

from entourage.agents.bus.store import MAX_ATTEMPTS, MAX_RUNNING
from entourage.agents.tables import RunRow
from entourage.stores.sql import Prepared

_COLUMNS = tuple(RunRow.__table__.columns)

_READY = """EXISTS (SELECT 1 FROM runs WHERE status = 'queued')
        OR EXISTS (SELECT 1 FROM runs WHERE status = 'running' AND lease_ms < :now)"""
READY: Prepared[tuple[bool]] = Prepared(text(f"SELECT {_READY}").bindparams(bindparam("now", type_=BigInteger)))

_FREE = """(w.after_run_id IS NULL OR NOT EXISTS (
    SELECT 1 FROM runs a WHERE a.id = w.after_run_id AND a.status IN ('queued', 'running', 'waiting', 'paused')))"""
_FIRST = f"""
    WHERE w.status = 'queued' AND w.owner_id = q.owner_id AND w.agent = q.agent AND {_FREE}
    ORDER BY w.priority DESC, w.place, w.id LIMIT {{most}}
"""
_MOST_SQLITE, _MOST_POSTGRES = f"min({MAX_RUNNING}, :limit)", f"least({MAX_RUNNING}, :limit)"
_NOT_PAUSED = "NOT EXISTS (SELECT 1 FROM agents p WHERE p.owner_id = q.owner_id AND p.name = q.agent AND p.paused)"

_QUEUES_SQLITE = """
    queues(owner_id, agent) AS (
        SELECT * FROM (SELECT owner_id, agent FROM runs INDEXED BY ix_runs_queue
            WHERE status = 'queued' ORDER BY owner_id, agent LIMIT 1)
        UNION ALL
        SELECT r.owner_id, r.agent FROM queues q JOIN runs r ON r.id = coalesce(
            (SELECT n.id FROM runs n INDEXED BY ix_runs_queue
                WHERE n.status = 'queued' AND n.owner_id = q.owner_id AND n.agent > q.agent
                ORDER BY n.agent LIMIT 1),
            (SELECT n.id FROM runs n INDEXED BY ix_runs_queue
                WHERE n.status = 'queued' AND n.owner_id > q.owner_id ORDER BY n.owner_id, n.agent LIMIT 1))
    )
"""
_HEADS_SQLITE = f"""
    SELECT r.id, r.owner_id, r.agent, r.priority, r.place, q.running FROM unfilled q
    JOIN runs r ON r.id IN (SELECT w.id FROM runs w INDEXED BY ix_runs_queue {_FIRST.format(most=_MOST_SQLITE)})
"""

_QUEUES_POSTGRES = """
    queues(owner_id, agent) AS (
        (SELECT owner_id, agent FROM runs WHERE status = 'queued' ORDER BY owner_id, agent LIMIT 1)
        UNION ALL
        SELECT n.owner_id, n.agent FROM queues q CROSS JOIN LATERAL (
            SELECT owner_id, agent FROM runs
            WHERE status = 'queued' AND (owner_id, agent) > (q.owner_id, q.agent)
            ORDER BY owner_id, agent LIMIT 1) n
    )
"""
_QUEUES_LOCKED = """
    queues(owner_id, agent) AS (
        SELECT * FROM unnest(CAST(:owners AS text[]), CAST(:agents AS text[]))
    )
"""
_HEADS_POSTGRES = f"""
    SELECT h.id, q.owner_id, q.agent, h.priority, h.place, q.running FROM unfilled q
    CROSS JOIN LATERAL (SELECT w.id, w.priority, w.place FROM runs w {_FIRST.format(most=_MOST_POSTGRES)}) h
"""

_RUNNING = """(SELECT count(*) FROM runs l
    WHERE l.status = 'running' AND l.lease_ms >= :dead AND l.owner_id = q.owner_id AND l.agent = q.agent)"""
_PICK = f"""
    unfilled AS (
        SELECT * FROM (SELECT q.owner_id, q.agent, {_RUNNING} AS running FROM queues q WHERE {_NOT_PAUSED}) q
        WHERE running < {MAX_RUNNING}
    ),
    heads AS (
        {{heads}}
        UNION ALL
        SELECT q.id, q.owner_id, q.agent, q.priority, q.place, {_RUNNING} FROM runs q
        WHERE q.status = 'running' AND q.lease_ms < :dead {{only}}
    ),
    ranked AS (
        SELECT h.*, row_number() OVER (PARTITION BY owner_id, agent ORDER BY priority DESC, place, id) + running AS rank
        FROM heads h
    ),
    picked AS (
        SELECT * FROM ranked WHERE rank <= {MAX_RUNNING} ORDER BY rank, priority DESC, place, id LIMIT :limit
    )
"""
_STEPS = "(SELECT count(*) FROM run_steps s WHERE s.run_id = runs.id)"
_ATTEMPTS = f"CASE WHEN runs.status = 'running' AND runs.progress < {_STEPS} THEN 1 ELSE runs.attempts + 1 END"
_TAKE = f"""
    UPDATE runs SET worker = :worker, lease_ms = :until, fence = runs.fence + 1, attempts = {_ATTEMPTS},
        progress = CASE WHEN runs.status = 'running' THEN {_STEPS} ELSE runs.progress END,
        dead_ms = CASE WHEN {_ATTEMPTS} > {MAX_ATTEMPTS} THEN CAST(:now AS bigint) END,
        started_ms = coalesce(runs.started_ms, :now), status = 'running'
    {{which}} AND (runs.status = 'queued' OR (runs.status = 'running' AND runs.lease_ms < :dead))
    RETURNING {", ".join(f"runs.{column.name}" for column in _COLUMNS)}
"""


def _statement(statement: str) -> TextClause:
    times = [bindparam(name, type_=BigInteger) for name in ("now", "dead", "until") if f":{name}" in statement]
    return text(statement).bindparams(*times, bindparam("limit", type_=Integer))


def _taking(statement: str) -> Prepared[RunRow]:
    return Prepared(_statement(statement).columns(*_COLUMNS), of=RunRow)


TAKE_ALONE = _taking(
    f"WITH RECURSIVE {_QUEUES_SQLITE}, {_PICK.format(heads=_HEADS_SQLITE, only='')} "
    + _TAKE.format(which="WHERE id IN (SELECT id FROM picked)")
)
"""All of it at once, for the one writer of an embedded database."""

_SETTINGS = {"enable_seqscan": "off", "enable_sort": "off", "jit": "off", "plan_cache_mode": "force_generic_plan"}
_SET = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in _SETTINGS.items())
READY_PLANNED: Prepared[tuple[bool, str, str, str, str]] = Prepared(
    text(f"SELECT {_READY}, {_SET}").bindparams(bindparam("now", type_=BigInteger))
)
"""Statistics lag behind queues, which fill and empty within seconds: for the rest of the transaction the indexes are
right whatever they say, and plans are made once. (What sorts all the same looks so dear then that it would be compiled
first.)"""
CHOOSE = Prepared(
    _statement(f"""
    WITH RECURSIVE {_QUEUES_POSTGRES}, {_PICK.format(heads=_HEADS_POSTGRES, only="")},
    chosen AS MATERIALIZED (SELECT DISTINCT owner_id, agent FROM picked)
    SELECT owner_id, agent, pg_try_advisory_xact_lock(hashtextextended(owner_id || chr(10) || agent, 7)) FROM chosen
""")
)
"""PostgreSQL first chooses, and locks the queues of what it chose; then it takes what is still there in those."""
TAKE_LOCKED = _taking(
    f"WITH RECURSIVE {_QUEUES_LOCKED}, "
    + _PICK.format(heads=_HEADS_POSTGRES, only="AND (q.owner_id, q.agent) IN (SELECT owner_id, agent FROM queues)")
    + _TAKE.format(which="FROM picked WHERE runs.id = picked.id")
)
LOCK_QUEUE = Prepared(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner || chr(10) || :agent, 7))"))
"""The same lock, for whoever enters the queue."""
