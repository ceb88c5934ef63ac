"""Experiments: which variant a run gets, the same for the same conversation or person for as long as they last."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from entourage.agents.prompts.schemas import ChangeExperiment, Experiment, NewExperiment
from entourage.agents.prompts.tables import ExperimentRow
from entourage.agents.tables import RunRow
from entourage.kit.clock import now_ms
from entourage.kit.errors import Conflict, NotFound
from entourage.kit.etag import check_if_match, etag_of
from entourage.kit.ids import new_id
from entourage.stores.cache import Cache
from entourage.stores.sql import Database

CACHE_SECONDS = 300
MAX_EXPERIMENTS = 200
_CACHED = "experiments"
_STEPS = 1 << 64


class Chosen(NamedTuple):
    """What a run is part of; `instructions` None: the agent's own."""

    experiment_id: str
    name: str
    instructions: str | None

    def told(self) -> dict[str, str]:
        """As the run keeps it."""
        return {"experiment_id": self.experiment_id, "name": self.name}


class Experiments:
    """Experiments by owner; one at a time for each agent."""

    def __init__(self, database: Database, cache: Cache) -> None:
        self._database = database
        self._cache = cache

    async def chosen(self, owner_id: str, agent: str, session_id: str) -> Chosen | None:
        """The variant for a run of this agent in this conversation; None when nothing is tried with it."""
        for item in await self._running(owner_id):
            if item["agent"] == agent:
                variant = pick(item["id"], owner_id if item["sticky"] == "person" else session_id, item["variants"])
                return Chosen(item["id"], variant["name"], variant["instructions"])
        return None

    async def instructions(self, owner_id: str, experiment_id: str, name: str) -> str | None:
        """The wording of a variant that a run began with; None: the agent's own, or it is not there any more."""
        async with self._database.read(owner_id) as session:
            row = await session.get(ExperimentRow, experiment_id)
        variants = row.variants if row else []
        return next((one["instructions"] for one in variants if one["name"] == name), None)

    async def list(self, owner_id: str, *, before: str | None, limit: int) -> list[ExperimentRow]:
        """Newest first."""
        query = select(ExperimentRow).order_by(ExperimentRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(ExperimentRow.id < before)
        async with self._database.read(owner_id) as session:
            return list(await session.scalars(query))

    async def get(self, owner_id: str, experiment_id: str) -> Experiment:
        """Raises NotFound."""
        async with self._database.read(owner_id) as session:
            return Experiment.of(await _find(session, experiment_id))

    async def create(self, owner_id: str, new: NewExperiment) -> Experiment:
        """Raises Conflict for a name that is taken, and where another one runs for this agent."""
        now = now_ms()
        row = ExperimentRow(id=new_id(), version=1, created_ms=now, updated_ms=now, **new.model_dump())
        try:
            async with self._database.write(owner_id) as session:
                if len(list(await session.scalars(select(ExperimentRow.id)))) >= MAX_EXPERIMENTS:
                    raise Conflict(f"There are at most {MAX_EXPERIMENTS} experiments.", hint="Delete old ones.")
                await _check_alone(session, row)
                session.add(row)
        except IntegrityError:
            raise Conflict(f"You already have an experiment named {new.name!r}.") from None
        await self._forget(owner_id)
        return Experiment.of(row)

    async def change(
        self, owner_id: str, experiment_id: str, change: ChangeExperiment, if_match: str | None
    ) -> Experiment:
        """Start, stop, or word anew what has no runs yet. Raises NotFound, Stale, Conflict."""
        fields = change.model_dump(exclude_unset=True)
        async with self._database.write(owner_id) as session:
            row = await _find(session, experiment_id, if_match=if_match)
            if ("variants" in fields or "sticky" in fields) and await _has_runs(session, row):
                raise Conflict("This experiment has runs.", hint="Stop it and make another one.")
            for name, value in fields.items():
                setattr(row, name, value)
            await _check_alone(session, row)
            row.version += 1
            row.updated_ms = now_ms()
        await self._forget(owner_id)
        return Experiment.of(row)

    async def delete(self, owner_id: str, experiment_id: str, if_match: str | None) -> None:
        """Raises NotFound, Stale."""
        async with self._database.write(owner_id) as session:
            await session.delete(await _find(session, experiment_id, if_match=if_match))
        await self._forget(owner_id)

    async def _running(self, owner_id: str) -> Sequence[dict[str, Any]]:
        cache = self._cache.owned(owner_id)
        known = await cache.get(_CACHED)
        if known is not None:
            return known
        query = select(ExperimentRow).where(ExperimentRow.status == "running")
        names = ("id", "agent", "sticky", "variants")
        async with cache.lock(_CACHED):  # `_forget` holds it, too: nobody puts back what was read before a change
            async with self._database.read(owner_id) as session:
                rows = list(await session.scalars(query))
            known = [{name: getattr(row, name) for name in names} for row in rows]
            await cache.set(_CACHED, known, ttl_seconds=CACHE_SECONDS)
        return known

    async def _forget(self, owner_id: str) -> None:
        cache = self._cache.owned(owner_id)
        async with cache.lock(_CACHED):
            await cache.delete(_CACHED)


def pick(experiment_id: str, stuck_to: str, variants: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The variant for this person or conversation: always the same one, in proportion to the weights over many."""
    digest = hashlib.blake2b(f"{experiment_id}:{stuck_to}".encode(), digest_size=8).digest()
    left = int.from_bytes(digest) / _STEPS * sum(variant["weight"] for variant in variants)
    for variant in variants:
        left -= variant["weight"]
        if left < 0:
            return variant
    return variants[-1]


async def _check_alone(session: AsyncSession, row: ExperimentRow) -> None:
    if row.status != "running":
        return
    others = select(ExperimentRow.name).where(
        ExperimentRow.agent == row.agent, ExperimentRow.status == "running", ExperimentRow.id != row.id
    )
    with session.no_autoflush:
        other = await session.scalar(others)
    if other is not None:
        raise Conflict(f"The experiment {other!r} runs for {row.agent} already.", hint="Stop that one first.")


async def _has_runs(session: AsyncSession, row: ExperimentRow) -> bool:
    """Whether runs took part. Few runs have a variant at all."""
    query = select(RunRow.id).where(RunRow.agent == row.agent, RunRow.variant["experiment_id"].as_string() == row.id)
    return (await session.scalar(query.limit(1))) is not None


async def _find(session: AsyncSession, experiment_id: str, *, if_match: str | None = None) -> ExperimentRow:
    row = await session.get(ExperimentRow, experiment_id)
    if row is None:
        raise NotFound(f"There is no experiment {experiment_id}.")
    check_if_match(if_match, etag_of(row.id, row.version))
    return row
