"""Signatures of webhooks, as Standard Webhooks 1.0 has them, so that receivers find libraries that check them."""

from __future__ import annotations

import base64
import hashlib
import hmac

SECRET_MARK = "whsec_"  # noqa: S105  what secrets begin with


def signed_headers(secret: str, delivery_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers that tell who sent `body` and when (epoch seconds). A repeat has the same `webhook-id`."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    content = f"{delivery_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }
