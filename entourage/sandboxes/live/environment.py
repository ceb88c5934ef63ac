"""The environment of programs in live sandboxes."""

from __future__ import annotations

from collections.abc import Mapping

from entourage.sandboxes.bubblewrap import ENVIRONMENT
from entourage.sandboxes.live.base import HOME, PROXY_PORT

PROXY = f"http://127.0.0.1:{PROXY_PORT}"
NOT_PROXIED = "localhost,127.0.0.1,::1"

# A program sees its environment once, at its start: the proxy is named from the start, as it may be opened any time.
PROXIED = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), PROXY),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), NOT_PROXIED),
}
NODE_PROXIED = {"NODE_USE_ENV_PROXY": "1"}

LIVE = {
    **ENVIRONMENT,
    **PROXIED,
    **NODE_PROXIED,
    "HOME": HOME,
    "USER": "sandbox",
    "SHELL": "/bin/bash",
    "PATH": f"{HOME}/.local/bin:/usr/local/bin:/usr/bin:/bin",
}


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """What every program of a sandbox gets, the sandbox's own values last."""
    return {**LIVE, **own}
