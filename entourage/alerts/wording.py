"""What receivers read: a JSON document for programs, a few lines for people."""

from __future__ import annotations

import msgspec

from entourage.kit.clock import rfc3339
from entourage.kit.json import encode

_SUBJECTS = {"fired": "is firing", "resolved": "is over", "test": "is tried out"}


class Told(msgspec.Struct, kw_only=True):
    """What a message is about, as it was when it was written. `at_ms` is when that happened."""

    alert_id: str
    firing_id: str | None
    name: str
    kind: str
    threshold: float
    value: float
    summary: str
    at_ms: int
    fired_ms: int | None = None
    muted: bool = False


def webhook_body(told: Told, what: str, base_url: str) -> bytes:
    """The document: `type` is alert.fired, alert.resolved or alert.test."""
    data = {
        "alert": {"id": told.alert_id, "name": told.name, "kind": told.kind, "threshold": told.threshold},
        "firing_id": told.firing_id,
        "value": told.value,
        "summary": told.summary,
        "fired_at": rfc3339(told.fired_ms) if told.fired_ms else None,
        "resolved_at": rfc3339(told.at_ms) if what == "resolved" else None,
        "url": f"{base_url}/observe/alerts",
    }
    return encode({"type": f"alert.{what}", "timestamp": rfc3339(told.at_ms), "data": data})


def mail_text(told: Told, what: str, base_url: str) -> tuple[str, str]:
    """Subject and text."""
    subject = f"{told.name} {_SUBJECTS.get(what, what)}"
    lines = [told.summary, "", f"Rule: {told.name} ({told.kind})", f"Time: {rfc3339(told.at_ms)}"]
    if what == "resolved" and told.fired_ms:
        lines.append(f"It began: {rfc3339(told.fired_ms)}")
    return f"[Entourage] {subject}", "\n".join([*lines, "", f"{base_url}/observe/alerts", ""])
