"""A provider's stream on its way to the caller: held back until content comes, handed on in whole events."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from entourage.kit.json import without_lone_surrogates
from entourage.llm.doors.scrubbing import without_keys
from entourage.llm.doors.watching import Watch
from entourage.llm.routing.failure import Failed
from entourage.llm.translate.errors import StreamBroken
from entourage.llm.translate.streams import StreamTranslator
from entourage.wire.sse import Events, payload_of

_MOST_HELD_BYTES = 1024 * 1024
_UNREADABLE = "The provider sent an event that cannot be read."
_ENDED_EARLY = "The provider's stream ended before it was whole."
_NO_TOOL = "The provider called no tool although one had to be called."
_USAGE_ONLY = b'"choices":[]'


class Relay:
    """Takes pieces of a stream as they come. `begin` is called once, with the first bytes that go to the caller.

    `take` and `finish` raise Failed. Before `has_begun` another candidate may still answer; after it the caller has to
    be told in the stream, unless `has_told`: then the provider's own error event went out already,
    without the provider's `key`, should it hold that.
    """

    __slots__ = (
        "_events",
        "_held",
        "_held_bytes",
        "_hides_usage",
        "_key",
        "_needs_tool",
        "_send",
        "_translator",
        "has_begun",
        "has_told",
        "kept",
        "watch",
    )

    def __init__(
        self,
        watch: Watch,
        send: Callable[[bytes], None],
        *,
        translator: StreamTranslator | None = None,
        hides_usage: bool = False,
        needs_tool: bool = False,
        keeps: bool = False,
        key: str | None = None,
    ) -> None:
        self.watch = watch
        self._send = send
        self._translator = translator
        self._hides_usage = hides_usage
        self._needs_tool = needs_tool
        self._key = key
        self._events = Events()
        self._held: list[bytes] = []
        self._held_bytes = 0
        self.has_begun = self.has_told = False
        self.kept: list[bytes] | None = [] if keeps else None
        """What goes to the caller, usage included, for the cache."""

    def take(self, data: bytes) -> None:
        """See a piece and hand on all that is whole."""
        block = self._events.feed(data)
        if block:
            self._see(without_lone_surrogates(block) if self._translator else block, self._events.separator)

    def finish(self) -> None:
        """The stream has ended as far as HTTP goes."""
        rest = self._events.rest()
        if rest.strip():
            self._see(rest, self._events.separator)
        if self._translator:
            try:
                self._give(self._translator.end())
            except StreamBroken as broken:
                self._give(broken.before)
                raise self._failed(broken.message) from None
        if not self.watch.is_over:
            raise self._failed(_ENDED_EARLY)
        if self._needs_tool and not self.watch.has_tool and not self.has_begun:
            raise self._failed(_NO_TOOL, give_anyway=self.let_go)
        self.let_go()

    def let_go(self) -> None:
        """Hand on what was held back."""
        self.has_begun = True
        if self._held:
            self._send(b"".join(self._held))
            self._held = []

    def _see(self, block: bytes, separator: bytes) -> None:
        watch = self.watch
        events = block.split(separator)
        is_text = block.isascii() or _is_utf8(block)
        for place, event in enumerate(events):
            payload = payload_of(event)
            if not payload:
                continue
            try:
                if not is_text:
                    payload.decode()
                self._watch(payload)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                self._hand_on(separator.join([*events[:place], b""]))
                raise self._failed(_UNREADABLE) from None
            if watch.error:
                self._told_of_error(separator.join([*events[:place], b""]), event + separator)
            if watch.is_usage_only and self._hides_usage and not self._translator:
                self._without(events, place, separator)
                return
        self._hand_on(block)

    def _watch(self, payload: bytes) -> None:
        try:
            self.watch.event(payload)
        except msgspec.DecodeError:
            mended = without_lone_surrogates(payload)
            if mended is payload:
                raise
            self.watch.event(mended)  # models cut emojis in two; that breaks our reader, not their callers'

    def _without(self, events: list[bytes], hidden: int, separator: bytes) -> None:
        """Hand on all events but one: the usage that the caller did not ask for."""
        before, after = separator.join([*events[:hidden], b""]), separator.join(events[hidden + 1 :])
        self._hand_on(before)
        if self.kept is not None:
            self.kept.append(events[hidden] + separator)
        if after:
            self._see(after, separator)

    def _told_of_error(self, before: bytes, event: bytes) -> None:
        error = self.watch.error
        assert error
        self._hand_on(before)
        if self.has_begun and not self._translator:
            self._send(without_keys(event, self._key))
            self.has_told = True
        message = without_keys(error.message.encode(), self._key).decode()
        failed = self._failed(f"The provider told of an error: {message}")
        failed.kind, failed.status = error.kind, error.status or failed.status
        raise failed

    def _hand_on(self, block: bytes) -> None:
        if not block:
            return
        if self._translator is None:
            self._give(block)
            return
        try:
            self._give(self._translator.feed(block))
        except StreamBroken as broken:
            self._give(broken.before)
            raise self._failed(broken.message) from None

    def _give(self, data: bytes) -> None:
        if not data:
            return
        if self.kept is not None:
            self.kept.append(data)
        if self._translator and self._hides_usage and _USAGE_ONLY in data:
            data = b"".join(
                f"{e}\n\n".encode() for e in data.decode().split("\n\n") if e and _USAGE_ONLY.decode() not in e
            )
        if self.has_begun:
            self._send(data)
            return
        self._held.append(data)
        self._held_bytes += len(data)
        watch = self.watch
        if (watch.has_tool if self._needs_tool else watch.has_content) or self._held_bytes > _MOST_HELD_BYTES:
            self.let_go()

    def _failed(self, message: str, *, give_anyway: Callable[[], None] | None = None) -> Failed:
        return Failed(message, tokens=self.watch.tokens, give_anyway=give_anyway)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
