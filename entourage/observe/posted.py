"""`POST /events`: what any application may tell, hooks included, as an event of the log."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple

import msgspec

from entourage.events.event import TEAM, NewEvent
from entourage.events.types import TYPES, ErrorEvent, EventData, OutsideEvent, Usage
from entourage.kit.ids import derived_id
from entourage.kit.json import encode
from entourage.kit.redaction import may_hold_secrets, redacted
from entourage.observe.amounts import MAX_COST_USD, MAX_COUNT, decimal_text
from entourage.observe.hooks import MAIN, Given, lane_of, read_hook
from entourage.observe.parse import MAX_ID_CHARACTERS, plain, shaped
from entourage.observe.recorded import client_time, hook_event, stored_id, trace_of
from entourage.observe.refusals import Refused, invalid, not_yours

APP_PATTERN = r"^[a-z][a-z0-9_-]{0,63}$"
TYPE_PATTERN = r"^[A-Za-z][A-Za-z0-9_.:/-]{0,99}$"
RUN_CHARACTERS = 36
OWN_TYPES = frozenset({Usage.type, ErrorEvent.type})
"""Types of our own team that an outside application may tell as well."""

_is_app = re.compile(APP_PATTERN).match
_is_type = re.compile(TYPE_PATTERN).match


_Name = Annotated[str, msgspec.Meta(max_length=MAX_ID_CHARACTERS)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
_Amount = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}(\.[0-9]{1,18})?$")]
_Money = Annotated[float, msgspec.Meta(ge=0, lt=MAX_COST_USD)]


class PostedEvent(msgspec.Struct):
    """The body of `POST /events`, unless it is a native hook body."""

    session_id: Given
    id: Given | None = None
    type: Given | None = None
    event: Given | None = None
    agent: Given | None = None
    agent_id: Given | None = None
    run_id: Given | None = None
    parent_run_id: Given | None = None
    ts: int | float | str | None = None
    trace_id: Given | None = None
    source_app: Given | None = None
    project: Given | None = None
    data: dict[str, Any] = {}


class _UsageTold(msgspec.Struct):
    """A model call as an application may tell it; what it leaves out is nothing."""

    provider: _Name = ""
    model: _Name = ""
    input_tokens: _Count = 0
    output_tokens: _Count = 0
    cached_tokens: _Count = 0
    reasoning_tokens: _Count = 0
    cost_usd: _Amount | _Money | None = None
    latency_ms: _Count = 0
    first_token_ms: _Count | None = None
    prompt_id: _Name | None = None
    tool_use_id: _Name | None = None
    request_id: _Name | None = None
    agent_id: _Name | None = None
    project: _Name | None = None


class _ErrorTold(msgspec.Struct):
    """An error as an application may tell it."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    detail: str = ""
    hint: str | None = None


class Sender(NamedTuple):
    """Who sends: the owner, and the application when the key or a header fixes it."""

    owner_id: str
    app: str | None
    is_fixed: bool = False
    """Whether the key belongs to this application alone."""


def is_hook(body: dict[str, Any]) -> bool:
    """Whether this is a hook as an agent sends it."""
    return "hook_event_name" in body


def check_app(name: str) -> str:
    """The name of an application. Raises Refused."""
    if not _is_app(name) or name == TEAM:
        raise invalid("app", f"{name[:80]!r} is no name of an application: a-z, 0-9, _ and -, not 'team'.", "app")
    return name


def app_of(sender: Sender, given: object) -> str:
    """The application of one body. Raises Refused when none is told, or another than the key's."""
    if given is None:
        if sender.app is None:
            raise invalid("missing", "source_app is missing: name the application.", "source_app")
        return sender.app
    if not isinstance(given, str):
        raise invalid("type", "source_app must be str.", "source_app")
    if sender.is_fixed and given != sender.app:
        raise not_yours(f"This key is for {sender.app!r}, not for {given[:80]!r}.")
    return given if given == sender.app else check_app(given)


def posted(sender: Sender, body: dict[str, Any]) -> NewEvent:
    """The event of one body. Raises Refused."""
    app = app_of(sender, body.get("source_app"))
    if is_hook(body):
        hook, adapter = read_hook(sender.owner_id, app, body)
        return hook_event(sender.owner_id, app, hook, adapter)
    found = shaped(body, PostedEvent)
    kind = found.type or (f"hook.{found.event}" if found.event else None)
    if kind is None:
        raise invalid("missing", "type is missing.", "type")
    if kind.startswith("hook."):
        return posted(sender, _as_hook(app, found, kind.removeprefix("hook.")))
    return _other(sender.owner_id, app, found, kind)


def _as_hook(app: str, found: PostedEvent, event: str) -> dict[str, Any]:
    """A hook that was told in our form, as its agent would have sent it."""
    told = {
        "session_id": found.session_id,
        "hook_event_name": event,
        "source_app": app,
        "event_id": found.id,
        "ts": found.ts,
        "trace_id": found.trace_id,
        "agent_id": found.agent_id,
        "agent_type": found.agent,
        "project": found.project,
    }
    return {**found.data, **{name: value for name, value in told.items() if value is not None}}


def _other(owner_id: str, app: str, found: PostedEvent, kind: str) -> NewEvent:
    for name in ("session_id", "id", "agent", "agent_id", "run_id", "parent_run_id"):
        if text := getattr(found, name):
            plain(name, text)
    name, data = _data(kind, found)
    return NewEvent(
        owner_id=owner_id,
        data=data,
        session_id=found.session_id,
        run_id=_run(found.run_id) or lane_of(owner_id, app, found.session_id, found.agent_id or MAIN),
        parent_run_id=_run(found.parent_run_id),
        agent=found.agent or app,
        id=stored_id(owner_id, app, found.id),
        trace_id=trace_of(found.trace_id),
        source=app,
        client_ts=client_time(found.ts),
        type=name,
    )


def _run(given: str | None) -> str | None:
    """A run's id as ours: what is longer than a UUID is hashed, the same for the same."""
    return derived_id("run", given) if given and len(given) > RUN_CHARACTERS else given


def _data(kind: str, found: PostedEvent) -> tuple[str, EventData]:
    body = found.data
    text = encode(body)
    if may_hold_secrets(text.decode()):
        body = redacted(body)
        text = encode(body)
    if kind in OWN_TYPES:
        return kind, _own(kind, body)
    if kind in TYPES:
        raise invalid("reserved_type", f"Only the team itself tells {kind!r}.", "type")
    if not _is_type(kind):
        raise invalid("type_name", "type must be letters, digits, _ . : / -, at most 100.", "type")
    name = kind if kind.startswith(("custom.", "otel.")) else f"custom.{kind}"
    return name, OutsideEvent(kind=name, body=msgspec.Raw(text))


def _own(kind: str, body: dict[str, Any]) -> EventData:
    try:
        if kind == ErrorEvent.type:
            return ErrorEvent(**msgspec.structs.asdict(shaped(body, _ErrorTold)))
        told = msgspec.structs.asdict(shaped(body, _UsageTold))
    except Refused as refused:
        field = f"data.{refused.field}" if refused.field else "data"
        raise invalid(refused.code, refused.detail, field) from None
    if isinstance(told["cost_usd"], int | float):
        told["cost_usd"] = decimal_text(told["cost_usd"])
    return Usage(**told)
