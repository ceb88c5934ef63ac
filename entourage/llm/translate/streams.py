"""Streams from one dialect to another, whatever way their bytes are cut."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from entourage.llm.translate.chat.stream import ChatReader, ChatWriter
from entourage.llm.translate.errors import UNREADABLE, Dialect, StreamBroken
from entourage.llm.translate.messages.stream import MessagesReader, MessagesWriter
from entourage.llm.translate.responses.reading import ResponsesReader
from entourage.llm.translate.responses.stream import ResponsesWriter
from entourage.llm.translate.sink import Sink
from entourage.llm.translate.sse import Events

Reader: TypeAlias = ChatReader | MessagesReader | ResponsesReader
Writer: TypeAlias = ChatWriter | MessagesWriter | ResponsesWriter


class StreamTranslator(Protocol):
    """The upstream's bytes in, whole events of the caller's dialect out."""

    @property
    def has_content(self) -> bool:
        """Whether the upstream has said anything: words, reasoning or a call."""
        ...

    def feed(self, data: bytes) -> bytes:
        """Raises StreamBroken for what cannot be read, and for an error the upstream tells of."""
        ...

    def end(self) -> bytes:
        """The last events. Raises StreamBroken when the upstream's stream was not whole."""
        ...


def stream_translator(source: Dialect, target: Dialect, model: str, *, include_usage: bool = True) -> StreamTranslator:
    """Between what the provider speaks and what the caller speaks, as an answer of `model`.

    `include_usage`: whether a chat caller asked for the usage at the end of its stream.
    """
    return _Translator(source, stream_writer(target, model, include_usage=include_usage))


def stream_writer(target: Dialect, model: str, *, include_usage: bool = True) -> Writer:
    """A sink that writes the events of a dialect into its `out`."""
    match target:
        case "chat":
            return ChatWriter(model, include_usage=include_usage)
        case "messages":
            return MessagesWriter(model)
        case "responses":
            return ResponsesWriter(model)


def stream_reader(source: Dialect, sink: Sink) -> Reader:
    """What tells a sink the events of a dialect."""
    match source:
        case "chat":
            return ChatReader(sink)
        case "messages":
            return MessagesReader(sink)
        case "responses":
            return ResponsesReader(sink)


class _Translator:
    def __init__(self, source: Dialect, writer: Writer) -> None:
        self._events = Events()
        self._writer = writer
        self._reader = stream_reader(source, writer)

    @property
    def has_content(self) -> bool:
        return self._reader.has_content

    def feed(self, data: bytes) -> bytes:
        read = self._reader.event
        try:
            for event in self._events.feed(data):
                read(event)
        except UNREADABLE as error:
            raise StreamBroken(f"The stream cannot be read: {error}.", before=self._taken()) from None
        except StreamBroken as broken:
            broken.before = self._taken()
            raise
        return self._taken()

    def end(self) -> bytes:
        last = self.feed(b"\n\n")
        if not self._reader.is_whole:
            raise StreamBroken("The stream ended early.", before=last)
        self._reader.finish()
        return last + self._taken()

    def _taken(self) -> bytes:
        out = self._writer.out
        taken = b"".join(out)
        out.clear()
        return taken
