"""What the query doors take: times, lists of names, and from them a `Filter`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from entourage.kit.errors import Invalid
from entourage.observe.recorded import client_time
from entourage.stores.log import Filter

MAX_VALUES = 100

Name = Annotated[str, Query(min_length=1, max_length=128)]
Names = Annotated[list[str] | None, Query(max_length=MAX_VALUES)]
From = Annotated[
    str | None,
    Query(alias="from", max_length=40, description="RFC 3339 or epoch ms; included.", examples=["1763700000000"]),
]
To = Annotated[str | None, Query(alias="to", max_length=40, description="RFC 3339 or epoch ms; not included.")]
Words = Annotated[str | None, Query(max_length=200, description="Words that must occur, in any order.")]


def time_given(name: str, given: str | None) -> int | None:
    """Epoch milliseconds of a `from` or `to`. Raises Invalid."""
    if given is None or not given:
        return None
    number = given.removeprefix("-")
    # a plus sign in a query is a space, and RFC 3339 has one in its offset
    found = client_time(
        int(given) if number.isascii() and number.isdigit() and len(number) < 19 else given.replace(" ", "+")
    )
    if found is None:
        message = "give RFC 3339 or epoch milliseconds"
        raise Invalid(f"Not valid: {name}; {message}.", errors=[{"field": name, "message": message}])
    return found


def names_given(field: str, given: list[str] | None) -> tuple[str, ...]:
    """A list of names. Raises Invalid for one that is empty or too long."""
    for name in given or ():
        if not 0 < len(name) <= 128 or "\x00" in name:
            message = "each must have 1 to 128 characters and no NUL"
            raise Invalid(f"Not valid: {field}; {message}.", errors=[{"field": field, "message": message}])
    return tuple(given or ())


def words_given(given: str | None) -> str | None:
    """Words to search for. Raises Invalid."""
    if given and "\x00" in given:
        raise Invalid("Not valid: q.", errors=[{"field": "q", "message": "NUL is not allowed"}])
    return given or None


async def event_filter(
    session_id: Names = None,
    source_app: Names = None,
    type: Annotated[
        list[str] | None, Query(max_length=MAX_VALUES, description="`hook.*` is every type that begins so.")
    ] = None,
    agent: Names = None,
    run_id: Names = None,
    since: From = None,
    until: To = None,
    q: Words = None,
) -> Filter:
    """A dependency: the filter of the event table. Raises Invalid."""
    types = names_given("type", type)
    return Filter(
        since_ms=time_given("from", since),
        until_ms=time_given("to", until),
        session_ids=names_given("session_id", session_id),
        run_ids=names_given("run_id", run_id),
        types=tuple(name for name in types if not name.endswith("*")),
        type_prefixes=tuple(name[:-1] for name in types if name.endswith("*")),
        agents=names_given("agent", agent),
        sources=names_given("source_app", source_app),
        text=words_given(q),
    )
