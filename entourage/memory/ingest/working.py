"""One file from its bytes to memories that wait to be indexed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from entourage.kit.errors import Problem
from entourage.memory.embedders import Embedders
from entourage.memory.ingest.captions import Captions
from entourage.memory.ingest.fitting import CHUNK_TOKENS, OVERLAP_TOKENS, fitted
from entourage.memory.ingest.keeping import Keeping, source_of
from entourage.memory.ingest.limits import MAX_ATTEMPTS
from entourage.memory.ingest.naming import digest
from entourage.memory.ingest.origins import Obtained, Origins
from entourage.memory.ingest.readers.parts import Member, Unreadable
from entourage.memory.ingest.reading import Asked, ReadChunk, Readers, Whole
from entourage.memory.ingest.tables import FileRow, JobRow
from entourage.memory.ingest.unpacking import Unpacking
from entourage.memory.schemas import NewMemory, Source


class Work:
    """Reads files. Whatever is wrong with one is written to it; raises Lost when it is no longer ours."""

    def __init__(
        self,
        origins: Origins,
        readers: Readers,
        embedders: Embedders,
        captions: Captions,
        keeping: Keeping,
        unpacking: Unpacking,
    ) -> None:
        self._origins = origins
        self._readers = readers
        self._embedders = embedders
        self._captions = captions
        self._keeping = keeping
        self._unpacking = unpacking

    async def carry_out(self, file: FileRow, job: JobRow) -> None:
        """Read it, whatever it is."""
        try:
            if file.attempts > MAX_ATTEMPTS:
                raise Unreadable(
                    "unknown", f"Reading it was tried {MAX_ATTEMPTS} times, and ended the server each time."
                )
            obtained = await self._origins.obtain(file)
            if obtained is None:
                await self._unpack(file, self._origins.members(file), "folder", 0)
            else:
                await self._read(file, job, obtained)
        except Unreadable as why:
            await self._keeping.failed(file, job, why)
        except Problem as problem:
            await self._keeping.failed(file, job, Unreadable("unknown", problem.detail))

    async def _read(self, file: FileRow, job: JobRow, obtained: Obtained) -> None:
        content_hash = digest(obtained.data)
        if document := await self._keeping.known(file, job, content_hash):
            await self._keeping.unchanged(file, document)
            return
        embedder = await self._embedders.of(file.owner_id)
        tokens = min(CHUNK_TOKENS, embedder.max_tokens)
        asked = Asked(obtained.name, obtained.base_url, tokens, OVERLAP_TOKENS)
        chunks: list[ReadChunk] = []
        async with self._readers.reading(asked, obtained.data) as reading, aclosing(reading):
            first = await anext(reading)
            if isinstance(first, Member) or (isinstance(first, Whole) and first.type == "archive"):
                await self._unpack(file, _again(first, reading), "archive", len(obtained.data))
                return
            whole = await _gathered(first, reading, chunks)
        if whole.mime:
            text = await self._captions.of(file.person_id, obtained.data, whole.mime)
            chunks = [ReadChunk(text, 1, None, [])]
        chunks = await fitted(chunks, embedder.count, tokens)
        rows = await asyncio.to_thread(_memories, file, job, whole, chunks)
        await self._keeping.document(file, job, content_hash, len(obtained.data), whole, rows)

    async def _unpack(
        self, file: FileRow, members: AsyncGenerator[Member | ReadChunk | Whole], type_: str, size: int
    ) -> None:
        if file.source.get("member"):
            raise Unreadable("unsupported", "Archives within archives are not read.")
        skipped = await self._unpacking.unpack(file, members)
        await self._keeping.unpacked(file, type_, size, skipped)


async def _gathered(
    first: ReadChunk | Whole, rest: AsyncGenerator[ReadChunk | Member | Whole], into: list[ReadChunk]
) -> Whole:
    answer: ReadChunk | Member | Whole = first
    while not isinstance(answer, Whole):
        if isinstance(answer, ReadChunk):
            into.append(answer)
        answer = await anext(rest)
    return answer


async def _again(
    first: Member | Whole, rest: AsyncGenerator[ReadChunk | Member | Whole]
) -> AsyncGenerator[ReadChunk | Member | Whole]:
    yield first
    async for one in rest:
        yield one


def _memories(file: FileRow, job: JobRow, whole: Whole, chunks: Sequence[ReadChunk]) -> list[NewMemory]:
    source = source_of(file)
    is_code = whole.type == "code"
    common = {"title": whole.title, "type": whole.type} | ({"language": whole.language} if is_code else {})
    return [
        NewMemory(
            text=chunk.text,
            kind="document",
            agent=job.agent,
            shared=job.shared,
            tags=job.tags,
            source=Source(**source, page=chunk.page, line=chunk.line, chunk=number),
            content="code" if is_code else "text",
            metadata={name: value for name, value in (common | {"headings": chunk.headings}).items() if value},
        )
        for number, chunk in enumerate(chunks, 1)
    ]
