"""The files of a multipart body, one after the other, as they stream: none is held in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from entourage.kit.errors import BadRequest

MAX_HEADER_BYTES = 16 * 1024


class Part:
    """One file: its name as the client gave it, and its bytes, to be taken before the next part is asked for."""

    def __init__(self, name: str, source: _Events) -> None:
        self.name = name
        self._source = source

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Its bytes. Raises BadRequest when the body breaks off."""
        while True:
            event = await self._source.next()
            if event is None:
                raise BadRequest("The body ends in the middle of a file.")
            kind, data = event
            if kind == "data":
                yield data
            elif kind == "part_end":
                return


class _Events:
    """What the parser calls back, to be awaited."""

    def __init__(self, stream: AsyncIterator[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._waiting: deque[tuple[str, bytes]] = deque()
        callbacks: dict[str, Any] = {"on_part_data": self._taker("data")}
        for name in ("header_field", "header_value"):
            callbacks[f"on_{name}"] = self._taker(name)
        for name in ("part_begin", "part_end", "header_end", "headers_finished"):
            callbacks[f"on_{name}"] = self._marker(name)
        self._parser = MultipartParser(boundary, cast("Any", callbacks))

    async def next(self) -> tuple[str, bytes] | None:
        """The next event, None at the end of the body. Raises BadRequest."""
        while not self._waiting:
            chunk = await anext(self._stream, None)
            if chunk is None:
                return None
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise BadRequest(f"The multipart body cannot be read: {error}") from None
        return self._waiting.popleft()

    def _taker(self, name: str) -> Any:
        def take(data: bytes, start: int, end: int) -> None:
            self._waiting.append((name, data[start:end]))

        return take

    def _marker(self, name: str) -> Any:
        def mark() -> None:
            self._waiting.append((name, b""))

        return mark


async def parts(stream: AsyncIterator[bytes], boundary: bytes) -> AsyncGenerator[Part]:
    """The files of a body. Raises BadRequest."""
    if not boundary:
        raise BadRequest("The multipart body has no boundary.")
    events = _Events(stream, boundary)
    header = bytearray()
    value = bytearray()
    disposition = b""
    while (event := await events.next()) is not None:
        kind, data = event
        match kind:
            case "part_begin":
                header, value, disposition = bytearray(), bytearray(), b""
            case "header_field":
                header += data
            case "header_value":
                value += data
            case "header_end":
                if bytes(header).lower() == b"content-disposition":
                    disposition = bytes(value)
                header, value = bytearray(), bytearray()
            case "headers_finished":
                yield Part(_file_name(disposition), events)
            case _:
                pass
        if len(header) + len(value) > MAX_HEADER_BYTES:
            raise BadRequest("The head of a part is too long.")


def _file_name(disposition: bytes) -> str:
    """The whole path a client gave, not only its last part."""
    _, options = parse_options_header(disposition)
    return options.get(b"filename", b"").decode(errors="replace")
