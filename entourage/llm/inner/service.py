"""Asking the models of the house: an answer in the caller's dialect, whole or as it comes."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

import msgspec

from entourage.kit.errors import BadRequest, NotFound
from entourage.kit.json import check_body
from entourage.llm.inner.offline import told_by
from entourage.llm.inner.prompts import MAX_DEPTH, read_prompt
from entourage.llm.inner.team import Answering, Began, Done, Ended, Said, Team, Thought
from entourage.llm.schemas import OFFLINE_MODEL
from entourage.llm.translate.errors import Dialect, Untranslatable
from entourage.llm.translate.replies import write_reply
from entourage.llm.translate.requests import read_request
from entourage.llm.translate.sink import Gathered, Sink, now_seconds
from entourage.llm.translate.streams import Writer, stream_writer

if TYPE_CHECKING:
    from entourage.llm.resolve import Models

TEAM = "team"
_KEEP_ALIVE_SECONDS = 15.0
_KEEP_ALIVE = b": working\n\n"
"""A comment, as every reader of server-sent events leaves it out."""


class InnerModels:
    """`offline`, and the agents of a `team` where the application has one."""

    def __init__(self, models: Models, team: Team | None = None) -> None:
        self._models = models
        self.team = team

    def has(self, name: str) -> bool:
        """Whether this is the name of such a model; an agent's is not checked here."""
        return name in {OFFLINE_MODEL, TEAM} or name.startswith("@")

    async def names(self, owner_id: str) -> list[str]:
        """The models of the house that this person may ask for."""
        agents = await self.team.names(owner_id) if self.team else []
        return [*([TEAM] if agents else []), *(f"@{name}" for name in agents), OFFLINE_MODEL]

    async def answer(
        self,
        owner_id: str,
        name: str,
        dialect: Dialect,
        body: bytes,
        *,
        stream: bool,
        is_gone: Callable[[], bool],
        session: str | None = None,
    ) -> AsyncGenerator[bytes]:
        """The whole body as one piece, or the events of the stream as they come.

        `session` names a conversation of the caller's choice. When `is_gone` says so the work is stopped and the pieces
        end. Raises Problem, before the first piece or where the run fails.
        """
        if name == OFFLINE_MODEL:
            pieces = self._offline(owner_id, dialect, body)
        elif self.team is None:
            raise NotFound(f"The model {name[:200]!r} is not available here.")
        else:
            agent = None if name == TEAM else name.removeprefix("@")
            prompt = read_prompt(body, dialect, agent, session)
            pieces = _of_team(await self.team.ask(owner_id, prompt), is_gone)
        if stream:
            return _streamed(pieces, stream_writer(dialect, name, include_usage=_asks_usage(body)))
        return _whole(pieces, dialect, name)

    async def _offline(self, owner_id: str, dialect: Dialect, body: bytes) -> AsyncGenerator[_Tell]:
        check_body(body, MAX_DEPTH)
        try:
            request = read_request(body, dialect)
        except Untranslatable as error:
            raise BadRequest(f"{error}.", errors=[{"field": error.field, "message": error.why}]) from None
        resolved = await self._models.resolve(owner_id, OFFLINE_MODEL)
        async for tell in told_by(resolved.model, request):
            yield tell


_Tell = Callable[[Sink], None]


async def _of_team(answering: Answering, is_gone: Callable[[], bool]) -> AsyncGenerator[_Tell]:
    """What happens, as calls of a sink. The run is stopped when nobody listens any more.

    The answer begins with the first thing that happens, so that a run which fails at once is a refusal and no stream.
    """
    begins_by = time.monotonic() + _KEEP_ALIVE_SECONDS
    has_begun = False
    try:
        async for happening in answering.happenings():
            if is_gone():
                return
            if not has_begun and (happening is not None or time.monotonic() > begins_by):
                has_begun = True
                yield lambda sink: sink.start(answering.id, now_seconds())
            yield _telling(happening)
        if not has_begun:
            yield lambda sink: sink.start(answering.id, now_seconds())
    finally:
        await answering.stop()


def _telling(happening: Said | Thought | Began | Ended | Done | None) -> _Tell:
    match happening:
        case Said(text=text):
            return lambda sink: sink.text(text)
        case Thought(text=text):
            return lambda sink: sink.thinking(text)
        case Began(call=call):
            return lambda sink: sink.began(call)
        case Ended(call=call):
            return lambda sink: sink.ran(call)
        case Done(spent=spent):
            return lambda sink: sink.spent(spent)
        case None:
            return lambda _: None


class _Options(msgspec.Struct):
    include_usage: bool = False


class _Head(msgspec.Struct):
    stream_options: _Options | None = None


def _asks_usage(body: bytes) -> bool:
    """Whether a chat caller wants the usage at the end of the stream."""
    try:
        options = msgspec.json.decode(body, type=_Head).stream_options
    except msgspec.DecodeError:
        return False
    return options is not None and options.include_usage


async def _streamed(pieces: AsyncGenerator[_Tell], writer: Writer) -> AsyncGenerator[bytes]:
    last = 0.0
    async with aclosing(pieces):
        async for tell in pieces:
            tell(writer)
            if writer.out:
                last = time.monotonic()
                yield _taken(writer.out)
            elif last and time.monotonic() - last > _KEEP_ALIVE_SECONDS:
                last = time.monotonic()
                yield _KEEP_ALIVE
    writer.finish()
    yield _taken(writer.out)


def _taken(out: list[bytes]) -> bytes:
    taken = b"".join(out)
    out.clear()
    return taken


async def _whole(pieces: AsyncGenerator[_Tell], dialect: Dialect, name: str) -> AsyncGenerator[bytes]:
    gathered = Gathered()
    async with aclosing(pieces):
        async for tell in pieces:
            tell(gathered)
    yield write_reply(gathered.reply, dialect, name)
