"""The hub delivers committed events to live subscribers, in order of seq, in windows of some 20 ms.

There is no queue per client: events of a window are joined once per (filter, encoding) and every client gets the same
bytes. A client that does not read keeps at most `backlog_bytes`; past it the backlog is dropped and it is told the gap.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

import structlog

from entourage.events.event import Published
from entourage.events.log import EventLog
from entourage.events.subscription import Group, PulledSubscription, Subscription, WrittenSubscription
from entourage.kit.clock import now_ms
from entourage.kit.frames import Frames
from entourage.kit.json import encode
from entourage.stores.log import Filter

logger = structlog.get_logger(__name__)

RING_EVENTS = 100
RINGS = 10_000
HOLE_SECONDS = 0.1
"""How long an event of another replica may be late before the hole is read from the log."""

Forward: TypeAlias = Callable[[Sequence[Published]], None]
S = TypeVar("S", bound=Subscription)
Listen: TypeAlias = Callable[[str, bool], Awaitable[None]]


class _Ring:
    """The last events of a session; complete for every seq above `floor`."""

    __slots__ = ("events", "floor")

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.events: deque[Published] = deque()

    def add(self, event: Published) -> None:
        """Keep an event; one of another replica may come late and belongs before the last."""
        events = self.events
        if events and events[-1].seq >= event.seq:
            self._insert(event)
        else:
            events.append(event)
        if len(events) > RING_EVENTS:
            self.floor = events.popleft().seq

    def _insert(self, event: Published) -> None:
        place = len(self.events)
        while place and self.events[place - 1].seq >= event.seq:
            place -= 1
        if self.events[place].seq != event.seq:
            self.events.insert(place, event)


class _OwnerStream:
    """What is live of one owner. Subscriptions that get the same bytes stand in one group."""

    def __init__(self) -> None:
        self.groups: dict[Group, set[Subscription]] = {}
        self.last: int | None = None
        self.opening: asyncio.Task[None] | None = None
        self.held: dict[int, Published] = {}
        self.window: list[Published] = []
        self.flush_at = 0.0
        self.flush_timer: asyncio.Handle | None = None
        self.hole_timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(map(len, self.groups.values()))

    def __iter__(self) -> Iterator[Subscription]:
        for group in self.groups.values():
            yield from group

    def add(self, subscription: Subscription) -> None:
        self.groups.setdefault(subscription.group, set()).add(subscription)

    def discard(self, subscription: Subscription) -> bool:
        """Whether it was there."""
        group = self.groups.get(subscription.group, set())
        if subscription not in group:
            return False
        group.discard(subscription)
        if not group:
            del self.groups[subscription.group]
        return True


class Hub:
    """Local delivery. `fanout` (Redis) connects the hubs of several processes; see `fanout.py`."""

    def __init__(self, *, window_ms: int, backlog_bytes: int) -> None:
        self._window_seconds = window_ms / 1000
        self._backlog_bytes = backlog_bytes
        self._streams: dict[str, _OwnerStream] = {}
        self._rings: OrderedDict[tuple[str, str], _Ring] = OrderedDict()
        self._heads: OrderedDict[str, int] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._forward: Forward | None = None
        self._listen: Listen | None = None
        self.log: EventLog | None = None
        self.closing = asyncio.Event()
        self.dropped = 0
        """Events that slow readers did not get live since the start; they were told the gap."""

    def connect(self, forward: Forward, listen: Listen) -> None:
        """Join the hubs of other processes: `forward` sends ours, `listen` turns an owner's events on and off."""
        self._forward, self._listen = forward, listen

    @property
    def connections(self) -> int:
        """Live subscriptions."""
        return sum(map(len, self._streams.values()))

    def connections_of(self, owner_id: str) -> int:
        """Live subscriptions of one owner."""
        stream = self._streams.get(owner_id)
        return len(stream) if stream is not None else 0

    def publish(self, events: Sequence[Published]) -> None:
        """Called by the log after commit."""
        self.receive(events)
        if self._forward:
            self._forward(events)

    def receive(self, events: Sequence[Published]) -> None:
        """Take events of this or another process; deliver them in order of seq, each once."""
        for event in events:
            self._remember(event)
            stream = self._streams.get(event.owner_id)
            if stream is None:
                continue
            if stream.last is None or event.seq > stream.last + 1:
                stream.held[event.seq] = event
                self._watch_hole(event.owner_id, stream)
            elif event.seq == stream.last + 1:
                self._accept(stream, event)
                self._release(stream)

    def subscribe(self, owner_id: str, where: Filter, encoding: str) -> PulledSubscription:
        """Events after `where.after` for a door that takes them: first those in the log, then live ones.

        Leave by `unsubscribe`.
        """
        return self._add(PulledSubscription(owner_id, where, encoding, self._backlog_bytes))

    def write_to(
        self, frames: Frames, owner_id: str, where: Filter, *, name: str, kinds: frozenset[str]
    ) -> WrittenSubscription:
        """As `subscribe`, for a WebSocket: frames are written to it as they come."""
        return self._add(WrittenSubscription(owner_id, where, frames, self._backlog_bytes, name=name, kinds=kinds))

    def _add(self, subscription: S) -> S:
        stream = self._streams.get(subscription.owner_id)
        if stream is None:
            stream = self._streams[subscription.owner_id] = _OwnerStream()
            stream.opening = self._spawn(self._open(subscription.owner_id, stream))
        stream.add(subscription)
        subscription.replaying = self._spawn(self._begin(subscription, stream))
        return subscription

    async def unsubscribe(self, subscription: Subscription) -> None:
        """Forget a subscription; the last one of an owner closes the owner's stream."""
        subscription.close()
        if subscription.replaying:
            subscription.replaying.cancel()
        stream = self._streams.get(subscription.owner_id)
        if stream is None or not stream.discard(subscription):
            return
        if not stream.groups:
            for pending in (stream.flush_timer, stream.hole_timer, stream.opening):
                if pending:
                    pending.cancel()
            del self._streams[subscription.owner_id]
            if self._listen:
                await self._listen(subscription.owner_id, False)
                if subscription.owner_id in self._streams:  # somebody came while we left
                    await self._listen(subscription.owner_id, True)

    def remembered(self, owner_id: str, session_id: str, after: int) -> list[Published] | None:
        """The session's events after `after` from memory; None when memory does not reach back so far."""
        ring = self._rings.get((owner_id, session_id))
        if ring is None or after < ring.floor:
            return None
        return [event for event in ring.events if event.seq > after]

    def forget(self, owner_id: str, session_id: str) -> None:
        """Drop what is remembered of a session (it was deleted)."""
        self._rings.pop((owner_id, session_id), None)

    def tell(self, owner_id: str, kind: str, payload: dict[str, Any], **where: str | None) -> None:
        """Send something that is no event (`aggregation`, `metric`) to the owner's sockets that asked for its kind.

        `where` may give `session_id`, `source` and `agent`, which the sockets' filters apply to. Nothing is stored:
        who was away reads the present state by REST.
        """
        stream = self._streams.get(owner_id)
        if stream is None:
            return
        message = encode({"type": kind, "payload": payload, "timestamp": now_ms()})
        for subscription in stream:
            if subscription.hears(kind, where):
                subscription.tell(message)

    async def close(self) -> None:
        """End every stream: clients reconnect elsewhere or later."""
        self.closing.set()
        for stream in list(self._streams.values()):
            self._flush(stream)
            for subscription in list(stream):
                subscription.close()
        for task in list(self._tasks):
            task.cancel()

    async def _begin(self, subscription: Subscription, stream: _OwnerStream) -> None:
        try:
            assert stream.opening
            await asyncio.shield(stream.opening)  # who comes while it opens waits as well, or live events fall between
            await self._catch_up(subscription, stream)
        except Exception:  # the client reconnects and says where it was
            logger.exception("hub.replay_failed", owner_id=subscription.owner_id)
            subscription.fail()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _open(self, owner_id: str, stream: _OwnerStream) -> None:
        if self._listen:
            await self._listen(owner_id, True)
        if self._listen or owner_id not in self._heads:
            for key in [key for key in self._rings if key[0] == owner_id]:
                del self._rings[key]  # events of other replicas may be missing in it
            assert self.log is not None
            stream.last = await self.log.head(owner_id)
        else:  # not the log's head: an event that is committed but not yet published would be taken for delivered
            stream.last = self._heads[owner_id]
        self._release(stream)

    async def _catch_up(self, subscription: Subscription, stream: _OwnerStream) -> None:
        where = subscription.where
        if len(where.session_ids) == 1 and not stream.held:
            known = self.remembered(subscription.owner_id, where.session_ids[0], where.after)
            if known is not None:
                subscription.replay([event for event in known if subscription.wants(event)])
                subscription.go_live()
                return
        assert self.log is not None
        page = 1000
        while True:
            events = await self.log.read(subscription.owner_id, subscription.remaining(), page)
            subscription.replay(events)
            if len(events) < page:
                break
            await subscription.drained()
        subscription.go_live()

    def _accept(self, stream: _OwnerStream, event: Published) -> None:
        stream.last = event.seq
        stream.window.append(event)
        if stream.flush_timer is None:
            loop = asyncio.get_running_loop()
            wait = stream.flush_at - loop.time()
            stream.flush_timer = (
                loop.call_soon(self._flush, stream) if wait <= 0 else loop.call_later(wait, self._flush, stream)
            )

    def _release(self, stream: _OwnerStream) -> None:
        """Deliver held events that have become next; drop repeats."""
        while stream.held and stream.last is not None:
            event = stream.held.pop(stream.last + 1, None)
            if event is None:
                break
            self._accept(stream, event)
        stream.held = {seq: event for seq, event in stream.held.items() if seq > (stream.last or 0)}

    def _flush(self, stream: _OwnerStream) -> None:
        stream.flush_timer = None
        stream.flush_at = asyncio.get_running_loop().time() + self._window_seconds
        batch, stream.window = stream.window, []
        if not batch:
            return
        for group in stream.groups.values():
            one = next(iter(group))
            wanted = [event for event in batch if one.wants(event)]
            if wanted:
                blob = one.encode(wanted)
                for subscription in group:
                    self.dropped += subscription.push(wanted, blob)

    def _remember(self, event: Published) -> None:
        owner_id, session_id = event.owner_id, event.record.session_id
        if event.seq > self._heads.get(owner_id, 0):
            self._heads[owner_id] = event.seq
        self._heads.move_to_end(owner_id)
        if len(self._heads) > RINGS:
            self._heads.popitem(last=False)
        if session_id is None:
            return
        key = (owner_id, session_id)
        ring = self._rings.get(key)
        if ring is None:
            ring = self._rings[key] = _Ring(event.seq - 1)
            if len(self._rings) > RINGS:
                self._rings.popitem(last=False)
        else:
            self._rings.move_to_end(key)
        ring.add(event)

    def _watch_hole(self, owner_id: str, stream: _OwnerStream) -> None:
        if stream.last is not None and stream.hole_timer is None:
            loop = asyncio.get_running_loop()
            stream.hole_timer = loop.call_later(HOLE_SECONDS, self._mend_hole, owner_id, stream)

    def _mend_hole(self, owner_id: str, stream: _OwnerStream) -> None:
        stream.hole_timer = None
        if stream.held:
            self._spawn(self._read_hole(owner_id, stream))

    async def _read_hole(self, owner_id: str, stream: _OwnerStream) -> None:
        assert self.log is not None
        top = min(stream.held, default=0)
        for event in await self.log.read(owner_id, Filter(after=stream.last or 0, before=top)):
            if event.seq > (stream.last or 0):
                self._remember(event)
                self._accept(stream, event)
        if stream.last is not None and stream.last < top - 1:
            stream.last = top - 1  # the rest of the hole was compacted away
        self._release(stream)
        if stream.held:
            self._watch_hole(owner_id, stream)
