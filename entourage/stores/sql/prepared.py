"""Statements that every turn asks for: compiled once, and run past SQLAlchemy's sessions.

A session takes five times as long over a statement of one row. Whose rows are seen is decided as it is there: the
owner's term is compiled in. What differs each time is a `bindparam` without a value.

    _OPEN = Prepared(select(RunRow.id).where(RunRow.chat_id == bindparam("chat")))

    async with database.reading(owner) as reading:
        run_id = await _OPEN.first(reading, chat=chat_id)
    async with database.write(owner) as session:
        run_id = await _OPEN.first(session, chat=chat_id)  # what the session has not flushed is not seen

Rows are values for one column, tuples for more. A table becomes its rows, apart from any session: to be read only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeAlias, TypeVar, TypeVarTuple, cast, overload

import msgspec
from sqlalchemy import Delete, Float, Insert, Select, TextClause, Update, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows, TextualSelect, TypedReturnsRows
from sqlalchemy.util.concurrency import greenlet_spawn

from entourage.stores.sql.base import ID, Owned
from entourage.stores.sql.owned import ONLY_OWNER, OWNER, Everyone
from entourage.stores.sql.transactions import Ran, Reading, run_many_on, run_on

T = TypeVar("T")
S = TypeVar("S")
Ts = TypeVarTuple("Ts")

Within: TypeAlias = AsyncSession | Reading
Processor: TypeAlias = Callable[[Any], Any]

FEW = 4
"""Rows that are sooner written one by one than in the connection's thread."""


class Prepared(Generic[T]):
    """A statement, or one for each dialect; T is what a row of it becomes.

    `of`: the table whose columns a statement gives that is no SELECT. A text must name its owner itself.
    """

    @overload
    def __init__(self: Prepared[S], statement: TypedReturnsRows[S]) -> None: ...
    @overload
    def __init__(self: Prepared[tuple[*Ts]], statement: TypedReturnsRows[*Ts]) -> None: ...
    @overload
    def __init__(self: Prepared[Any], statement: TextClause | Mapping[str, TextClause]) -> None: ...
    @overload
    def __init__(
        self: Prepared[S], statement: TextualSelect | ReturnsRows | Mapping[str, TextualSelect], of: type[S]
    ) -> None: ...
    @overload
    def __init__(self: Prepared[None], statement: Insert | Update | Delete) -> None: ...
    def __init__(self, statement: Any, of: type[Any] | None = None) -> None:
        self._statement = statement
        self._of = of
        self._made: dict[tuple[str, bool], _Made] = {}

    async def all(self, within: Within, /, **values: Any) -> list[T]:
        """Its rows. Raises DBAPIError, and TypeError for values that it does not take."""
        return (await self._run(within, values))[0]

    async def first(self, within: Within, /, **values: Any) -> T | None:
        """The first of its rows, None when there is none."""
        rows = (await self._run(within, values))[0]
        return rows[0] if rows else None

    async def one(self, within: Within, /, **values: Any) -> T:
        """The one row there always is."""
        return (await self._run(within, values))[0][0]

    async def changed(self, within: Within, /, **values: Any) -> int:
        """How many rows it changed."""
        return (await self._run(within, values))[1]

    async def each(self, within: Within, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Carry it out for each of these values."""
        if len(rows) <= FEW:
            for values in rows:
                await self._run(within, dict(values))
        else:
            made, run = self._for(within), within.run_many if isinstance(within, Reading) else _many_in(within)
            owner = within.info["owner"]
            await greenlet_spawn(run, made.text, [made.in_order(values, owner) for values in rows])

    async def _run(self, within: Within, values: dict[str, Any]) -> Ran:
        made = self._for(within)
        ordered = made.in_order(values, within.info["owner"])
        ran = within.at_once(made.text, ordered) if isinstance(within, Reading) else None
        if ran is None:
            ran = await greenlet_spawn(within.run if isinstance(within, Reading) else _in(within), made.text, ordered)
        rows, changed = ran
        return ([made.row(row) for row in rows] if made.row else rows), changed

    def _for(self, within: Within) -> _Made:
        dialect, is_owned = dialect_of(within), not isinstance(within.info["owner"], Everyone)
        return self._made.get((dialect.name, is_owned)) or self._make(dialect, is_owned=is_owned)

    def _make(self, dialect: Dialect, *, is_owned: bool) -> _Made:
        statement: Any = self._statement
        if isinstance(statement, Mapping):
            statement = cast("Mapping[str, Any]", statement)[dialect.name]
        if is_owned and not isinstance(statement, TextClause | TextualSelect):
            statement = _with_owner(statement)
        made = self._made[dialect.name, is_owned] = _made(statement, self._of, dialect)
        return made


def listed(name: str) -> dict[str, str]:
    """By dialect: a subquery of the strings in a JSON array, the value `name`."""
    return {
        "sqlite": f"SELECT value FROM json_each(:{name})",
        "postgresql": f"SELECT jsonb_array_elements_text(CAST(:{name} AS jsonb))",
    }


def dialect_of(within: Within) -> Dialect:
    """Of the engine it is on."""
    return within.dialect if isinstance(within, Reading) else within.get_bind().dialect


class _Made(msgspec.Struct, frozen=True):
    """A statement as the driver takes it, what it takes, and what its rows become."""

    text: str
    order: tuple[str, ...]
    known: dict[str, Any]
    asked: frozenset[str]
    encoders: tuple[tuple[str, Processor], ...]
    row: Processor | None
    is_owned: bool

    def in_order(self, given: Mapping[str, Any], owner: Any) -> tuple[Any, ...]:
        if len(given) != len(self.asked) or not self.asked.issuperset(given):
            raise TypeError(f"this statement takes {sorted(self.asked)}, and was given {sorted(given)}")
        values = {**self.known, **given}
        if self.is_owned:
            values[OWNER] = owner
        for name, encode in self.encoders:
            values[name] = encode(values[name])
        return tuple([values[name] for name in self.order])


def _in(session: AsyncSession) -> Callable[[str, tuple[Any, ...]], Ran]:
    def run(statement: str, values: tuple[Any, ...]) -> Ran:
        connection = session.sync_session.connection()
        return run_on(connection.connection, connection.dialect, statement, values, session.info["timer"])

    return run


def _many_in(session: AsyncSession) -> Callable[[str, list[tuple[Any, ...]]], None]:
    def run(statement: str, rows: list[tuple[Any, ...]]) -> None:
        connection = session.sync_session.connection()
        run_many_on(connection.connection, connection.dialect, statement, rows, session.info["timer"])

    return run


def _with_owner(statement: Any) -> Any:
    if isinstance(statement, Insert):
        is_owned = issubclass(statement.entity_description["entity"], Owned)
        return statement.values(owner_id=bindparam(OWNER, type_=ID)) if is_owned else statement
    return statement.options(ONLY_OWNER)


def _made(statement: Any, of: type[Any] | None, dialect: Dialect) -> _Made:
    compiled: SQLCompiler = statement.compile(dialect=dialect)
    if compiled.insert_prefetch or compiled.update_prefetch:
        raise ValueError(f"a prepared statement fills in no defaults: {compiled}")
    asked = {name for name, bind in compiled.binds.items() if bind.required}
    state = compiled.construct_expanded_state(dict.fromkeys(asked))
    types = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    encoders = {name: encode for name, encode in types.items() if encode}
    known = {
        name: encoders[name](value) if name in encoders else value
        for name, value in state.parameters.items()
        if name not in asked
    }
    return _Made(
        state.statement,
        tuple(state.positiontup or ()),
        known,
        frozenset(asked - {OWNER}),
        tuple((name, encode) for name, encode in encoders.items() if name in asked),
        _row_maker(statement, of, dialect),
        OWNER in asked,
    )


def _row_maker(statement: Any, of: type[Any] | None, dialect: Dialect) -> Processor | None:
    """What makes of a driver's row what the caller gets; None where that is the row itself."""
    if isinstance(statement, TextClause):
        return None
    columns = list(statement.exported_columns)
    types = [_decoder(column.type, dialect) for column in columns]
    decoders = [(place, decode) for place, decode in enumerate(types) if decode]
    parts: list[Processor] = []
    place = 0
    expressions = [of] if of else columns
    if isinstance(statement, Select):
        expressions = [told["expr"] for told in statement.column_descriptions]
    for expression in expressions:
        mapper = getattr(expression, "__mapper__", None)
        end = place + (len(mapper.columns) if mapper else 1)
        parts.append(_entity_maker(mapper, columns, place, end) if mapper else itemgetter(place))
        place = end

    def row(given: Any) -> Any:
        values = list(given)
        for place, decode in decoders:
            values[place] = decode(values[place])
        return parts[0](values) if len(parts) == 1 else tuple([part(values) for part in parts])

    return row


def _decoder(kind: Any, dialect: Dialect) -> Processor | None:
    """What makes of a driver's value the column's; None where that is the value itself."""
    # drivers give floats as floats; PostgreSQL's processor asks for the number of a type only a cursor knows
    return None if isinstance(kind, Float) else kind.dialect_impl(dialect).result_processor(dialect, None)


def _entity_maker(mapper: Mapper[Any], columns: list[Any], start: int, end: int) -> Processor:
    attributes = {column.name: mapper.get_property_by_column(column).key for column in mapper.columns}
    keys = [attributes[column.name] for column in columns[start:end]]
    new = mapper.class_manager.new_instance

    def entity(values: list[Any]) -> Any:
        made = new()
        made.__dict__.update(zip(keys, values[start:end], strict=True))
        return made

    return entity
