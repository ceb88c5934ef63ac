"""The server as the relay knows it: two doors, one key, a connection that is kept."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
PERMANENT = frozenset({400, 413, 415, 422})
"""The server will never take this body."""


class Unreachable(Exception):
    """Nothing was taken, or nobody knows: to be sent again after `seconds` (None: the caller's own pace)."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Refused(Exception):
    """The server will never take this."""


class Target(NamedTuple):
    """Where events of an application go."""

    url: str
    key: str
    app: str


def read_target(app: str) -> Target:
    """What `entourage hooks install` wrote. Raises OSError, KeyError."""
    with open(os.path.join(config_folder(), app + ".conf"), encoding="utf-8") as file:
        values = dict(line.rstrip("\n").split("=", 1) for line in file if "=" in line)
    return Target(values["url"].rstrip("/"), values["key"], app)


def config_folder() -> str:
    """Where keys and the hook itself lie."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.environ["HOME"], ".config")
    return os.path.join(home, "entourage", "hooks")


class Server:
    """Posts events. Not for several threads at once."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._line: http.client.HTTPConnection | None = None

    def post_batch(self, events: list[bytes]) -> dict[int, str]:
        """Deliver events; what was refused for good, by place. Raises Unreachable, Refused (of the whole batch)."""
        body = b"\n".join(events) + b"\n"
        answer = json.loads(self._post("/events/batch", body, "application/x-ndjson", ANSWER_SECONDS))
        # lines count from 1
        return {item["line"] - 1: str(item.get("code", "refused")) for item in answer.get("refused", [])}

    def post_hook(self, event: bytes, seconds: float = ANSWER_SECONDS) -> bytes:
        """Deliver one event; the decision as the agent wants it, empty for none. Raises Unreachable, Refused."""
        answer = self._post("/hooks/" + self._target.app, event, "application/json", seconds)
        return b"" if answer.strip() in (b"", b"{}") else answer

    def close(self) -> None:
        if self._line:
            self._line.close()
            self._line = None

    def _post(self, path: str, body: bytes, kind: str, seconds: float) -> bytes:
        headers = {
            "Authorization": "Bearer " + self._target.key,
            "Content-Type": kind,
            "Content-Length": str(len(body)),
        }
        is_kept = self._line is not None
        try:
            status, answer, retry_after = self._exchange(path, body, headers, seconds)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if is_kept and not isinstance(
                error, TimeoutError
            ):  # the server ends idle connections; once more on a new one
                return self._post(path, body, kind, seconds)
            raise Unreachable(f"{type(error).__name__}: {error}") from None
        if status < 300:
            return answer
        if status in PERMANENT:
            raise Refused(f"{status} {answer[:300].decode(errors='replace')}")
        self.close()
        raise Unreachable(f"the server answered {status}", retry_after)

    def _exchange(
        self, path: str, body: bytes, headers: dict[str, str], seconds: float
    ) -> tuple[int, bytes, float | None]:
        url = urlsplit(self._target.url)
        if self._line is None:
            if url.scheme == "https":
                secure = ssl.create_default_context()
                self._line = http.client.HTTPSConnection(url.netloc, timeout=CONNECT_SECONDS, context=secure)
            else:
                self._line = http.client.HTTPConnection(url.netloc, timeout=CONNECT_SECONDS)
            self._line.connect()
        if self._line.sock:
            self._line.sock.settimeout(seconds)
        self._line.request("POST", url.path + path, body, headers)
        answer = self._line.getresponse()
        after = answer.headers.get("Retry-After", "")
        return answer.status, answer.read(), float(after) if after.isdigit() else None
