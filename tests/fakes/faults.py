"""The ways a provider goes wrong, by name. A `flaky_` one fails once for each body and then works."""

from collections.abc import Callable
from dataclasses import replace

from tests.fakes.conversation import Conversation
from tests.fakes.replies import Fault, Reply

FaultScript = Callable[[Conversation, Reply], Reply]

_STATUSES = {
    "bad_request": Fault("status", 400, "invalid_request_error", "Invalid value: 'messages'."),
    "wrong_key": Fault("status", 401, "invalid_api_key", "Incorrect API key provided: sk-***."),
    "forbidden": Fault("status", 403, "permission_denied", "This key may not use the model."),
    "too_large": Fault("status", 413, "request_too_large", "The request is larger than the model takes."),
    "request_timeout": Fault("status", 408, "timeout", "The request took too long."),
    "unknown_model": Fault("status", 404, "model_not_found", "The model does not exist or you do not have access."),
    "rate_limit": Fault("status", 429, "rate_limit_exceeded", "Rate limit reached for requests.", 2),
    "no_credit": Fault("status", 429, "insufficient_quota", "You exceeded your current quota, check your billing."),
    "server_error": Fault("status", 500),
    "bad_gateway": Fault("status", 502, "bad_gateway", "Bad gateway"),
    "unavailable": Fault("status", 503, "service_unavailable", "The engine is currently overloaded."),
    "overloaded": Fault("status", 529, "overloaded_error", "Overloaded"),
}

_BROKEN = {
    "cut_before": Fault("cut_before"),
    "cut_headers": Fault("cut_headers"),
    "cut_mid": Fault("cut_mid", after=3),
    "stall": Fault("stall", after=0),
    "stall_mid": Fault("stall", after=3),
    "malformed": Fault("malformed", after=2),
    "malformed_first": Fault("malformed", after=0),
    "bad_utf8": Fault("bad_utf8", after=2),
    "bad_utf8_first": Fault("bad_utf8", after=0),
    "ends_early": Fault("ends_early", after=2),
    "error_event_first": Fault("error_event", after=0, code="overloaded_error", message="Overloaded"),
    "endless": Fault("endless", after=2),
    "compressed": Fault("compressed"),
    "huge_header": Fault("huge_header"),
    "redirect": Fault("redirect", 307),
    "error_event": Fault("error_event", after=2, code="overloaded_error", message="Overloaded"),
}


def _always(fault: Fault) -> FaultScript:
    return lambda _, reply: replace(reply, fault=fault)


def _once(fault: Fault) -> FaultScript:
    quick = replace(fault, retry_after_seconds=0 if fault.retry_after_seconds else None)
    return lambda c, reply: replace(reply, fault=quick) if c.repeats == 0 else reply


def _slow_first(_: Conversation, reply: Reply) -> Reply:
    """Half a second before the first token."""
    return replace(reply, first_token_ms=500)


def _slow_between(_: Conversation, reply: Reply) -> Reply:
    """A fifth of a second between tokens."""
    return replace(reply, between_ms=200)


def _stubborn(_: Conversation, reply: Reply) -> Reply:
    """Says something, whatever tool or form was asked for."""
    return replace(reply, stubborn=True)


def _stubborn_once(c: Conversation, reply: Reply) -> Reply:
    """Does as it was asked the second time."""
    return replace(reply, stubborn=c.repeats == 0)


_ALL = _STATUSES | _BROKEN

FAULTS: dict[str, FaultScript] = (
    {name: _always(fault) for name, fault in _ALL.items()}
    | {f"flaky_{name}": _once(fault) for name, fault in _ALL.items()}
    | {"slow_first": _slow_first, "slow_between": _slow_between}
    | {"stubborn": _stubborn, "flaky_stubborn": _stubborn_once}
)
