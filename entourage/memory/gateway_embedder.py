"""Vectors by an embeddings model of a person's provider, through the AI gateway: routed, limited and priced there."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from entourage.kit.errors import Unavailable, Upstream
from entourage.kit.exchange import Header
from entourage.llm.embeddings import Kind, Vector, normalised
from entourage.llm.failures import broken_off, problem_of_answer
from entourage.llm.inside.calling import call_inside
from entourage.llm.inside.exchange import BrokenOff, InsideExchange
from entourage.llm.inside.spending import Spending
from entourage.llm.money.call import Spender

if TYPE_CHECKING:
    from entourage.llm.doors.core import Core

BATCH = 64
"""Texts a call."""
CALL_SECONDS = 120
UNKNOWN_WINDOW_TOKENS = 512
"""What a model is trusted to read when nobody knows: the least that embeddings models on the market do."""

_MAX_ANSWER_BYTES = 64 * 1024 * 1024
_BYTES_A_TOKEN = 2
_FIRST_ERROR = 400
_JSON: Header = (b"content-type", b"application/json")


class _Embedding(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Answer(msgspec.Struct):
    data: list[_Embedding]


class GatewayEmbedder:
    """One model of one person. `route` is its id among their models: `provider/model`."""

    def __init__(self, core: Core, owner_id: str, route: str, dimensions: int, window_tokens: int | None) -> None:
        self._core = core
        self._owner_id = owner_id
        self._route = route
        self.model = route
        self.dimensions = dimensions
        self.max_tokens = min(window_tokens or UNKNOWN_WINDOW_TOKENS, 8_000)

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Estimated, on the safe side."""
        return [self.count_here(text) for text in texts]

    def count_here(self, text: str) -> int:
        """Estimated, on the safe side: no tokenizer needs more than a token for two bytes of prose."""
        return math.ceil(len(text.encode("utf-8", "replace")) / _BYTES_A_TOKEN)

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """Raises Problem: what the gateway or the provider says, Upstream for vectors of another length."""
        vectors: list[Vector] = []
        for start in range(0, len(texts), BATCH):
            vectors += await self._call(list(texts[start : start + BATCH]))
        wrong = next((len(vector) for vector in vectors if self.dimensions not in {0, len(vector)}), None)
        if wrong is not None:
            raise Upstream(f"{self._route} answered vectors of {wrong} numbers; it gave {self.dimensions} before.")
        return vectors

    async def _call(self, texts: list[str]) -> list[Vector]:
        body = msgspec.json.encode({"model": self._route, "input": texts, "encoding_format": "float"})
        exchange = InsideExchange("/v1/embeddings", [_JSON], body)
        task = call_inside(self._core, exchange, Spending(Spender(self._owner_id)), self._route)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await self._read(exchange)
        except BrokenOff:
            raise broken_off(self._route) from None
        except TimeoutError:
            raise Unavailable(f"{self._route} did not answer within {CALL_SECONDS} s.") from None
        finally:
            exchange.leave()
            await asyncio.wait([task])  # it is priced by then
        return await asyncio.to_thread(_vectors, answer, len(texts), self._route)

    async def _read(self, exchange: InsideExchange) -> bytes:
        status, _ = await exchange.head()
        data = bytearray()
        async for piece in exchange.pieces():
            data += piece
            if len(data) > _MAX_ANSWER_BYTES:
                raise Upstream(f"{self._route} answered with more than {_MAX_ANSWER_BYTES} bytes.")
        if status >= _FIRST_ERROR:
            raise problem_of_answer(status, bytes(data), self._route)
        return bytes(data)


def _vectors(answer: bytes, count: int, route: str) -> list[Vector]:
    try:
        found = sorted(msgspec.json.decode(answer, type=_Answer).data, key=lambda one: one.index)
    except msgspec.MsgspecError as error:
        raise Upstream(f"{route} answered what is no list of vectors: {error}.") from None
    if len(found) != count or not all(one.embedding for one in found):
        raise Upstream(f"{route} answered {len(found)} vectors for {count} texts.")
    return [_unit(one.embedding) for one in found]


def _unit(values: list[float]) -> Vector:
    return normalised(array("f", values))
