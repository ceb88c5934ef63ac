"""A scripted model provider as a real HTTP server: OpenAI and Anthropic dialects, faults included.

In a test: `with FakeLLM("csv_walk") as llm: ... llm.openai_url ... llm.requests`. By hand:
`python -m tests.fakes.llm_server --port 9900 --script auto`. A request whose `model` is the name of a script runs that
script, so one server offers them all. Any key is taken but an empty one and those that begin with "wrong".
Control: `GET /__requests`, `DELETE /__requests`, `PUT /__script {"script": NAME}`.
"""

import argparse
import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

import uvicorn

from tests.fakes import anthropic_dialect, openai_dialect
from tests.fakes.catalogue import embeddings, models
from tests.fakes.connection import Connection
from tests.fakes.conversation import Conversation, Json
from tests.fakes.refusal import RefusedError
from tests.fakes.replies import Call, Fault, Reply, from_schema, say
from tests.fakes.running import BackgroundServer
from tests.fakes.scripts import SCRIPTS, Script

_KEPT_REQUESTS = 1000
_CHAT_PATHS: dict[str, ModuleType] = {"/v1/chat/completions": openai_dialect, "/v1/messages": anthropic_dialect}


@dataclass
class Pace:
    """How fast answers come; a script may be slower for itself."""

    first_token_ms: float = 0
    between_ms: float = 0

    @classmethod
    def of(cls, tokens_per_second: float | None = None, first_token_ms: float = 0) -> "Pace":
        return cls(first_token_ms, 1000 / tokens_per_second if tokens_per_second else 0)


@dataclass
class FakeProvider:
    """The ASGI application. `script` answers every model that is not itself the name of a script."""

    script: Script = SCRIPTS["echo"]
    pace: Pace = field(default_factory=Pace)
    key: str | None = None
    requests: list[Json] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        connection = Connection(scope, receive, send)
        body = await connection.body()
        try:
            await self._route(connection, body)
        except RefusedError as refusal:
            fault = Fault("status", refusal.status, refusal.code, refusal.message)
            await self._refuse(connection, fault, refusal.param)

    async def _route(self, connection: Connection, raw: bytes) -> None:
        method, path = connection.method, connection.path
        if path.startswith("/__"):
            await self._control(connection, raw)
            return
        body: Json = _json(raw) if method == "POST" else {}
        self.requests.append({"method": method, "path": path, "headers": connection.headers, "body": body})
        del self.requests[:-_KEPT_REQUESTS]
        self._check_key(connection)
        if path in _CHAT_PATHS and method == "POST":
            await self._chat(connection, body, raw)
        elif path == "/v1/messages/count_tokens":
            counted = anthropic_dialect.read_request(body, counting=True)
            await connection.reply(200, {"input_tokens": counted.input_tokens()})
        elif path == "/v1/models":
            await connection.reply(200, models(connection.is_anthropic))
        elif path == "/v1/embeddings":
            await connection.reply(200, embeddings(body))
        else:
            raise RefusedError(f"Unknown request URL: {method} {path}.", status=404, code="unknown_url")

    def _check_key(self, connection: Connection) -> None:
        key = connection.key
        if not key or key.startswith("wrong") or (self.key is not None and key != self.key):
            raise RefusedError("Incorrect API key provided.", status=401, code="invalid_api_key")
        if connection.path.startswith("/v1/messages") and "anthropic-version" not in connection.headers:
            raise RefusedError("anthropic-version: header is required")

    async def _chat(self, connection: Connection, body: Json, raw: bytes) -> None:
        if not isinstance(body.get("model"), str) or not body["model"]:
            raise RefusedError("you must provide a model parameter")
        if body["model"].startswith("missing"):
            raise RefusedError(f"The model `{body['model']}` does not exist.", status=404, code="model_not_found")
        dialect = _CHAT_PATHS[connection.path]
        digest = hashlib.sha256(raw).hexdigest()
        conversation: Conversation = replace(dialect.read_request(body), repeats=self._seen[digest])
        self._seen[digest] += 1
        script = SCRIPTS.get(conversation.model, self.script)
        reply = _as_asked(conversation, script(conversation))
        if reply.fault and reply.fault.kind == "status":
            await self._refuse(connection, reply.fault, None)
        else:
            await self._answer(connection, dialect, conversation, reply)

    async def _answer(self, connection: Connection, dialect: ModuleType, c: Conversation, reply: Reply) -> None:
        fault = reply.fault
        if fault and fault.kind == "cut_before":
            connection.abort()
            return
        await _pause(self.pace.first_token_ms if reply.first_token_ms is None else reply.first_token_ms)
        if not c.stream:
            await connection.whole(fault, dialect.whole(c, reply), dialect)
            return
        between = self.pace.between_ms if reply.between_ms is None else reply.between_ms
        await connection.start_stream()
        events = list(dialect.events(c, reply))
        breaks_at = min(fault.after, sum(is_content for _, is_content in events) - 1) if fault else -1
        sent = 0
        for event, is_content in events:
            if fault and is_content and sent >= breaks_at:
                await connection.break_stream(fault, dialect)
                return
            if is_content and sent:
                await _pause(between)
            await connection.send_event(event)
            sent += is_content
        await connection.end_stream()

    async def _refuse(self, connection: Connection, fault: Fault, param: str | None) -> None:
        body = (
            anthropic_dialect.error_body(fault) if connection.is_anthropic else openai_dialect.error_body(fault, param)
        )
        waiting = fault.retry_after_seconds
        await connection.reply(fault.status, body, {} if waiting is None else {"retry-after": str(waiting)})

    async def _control(self, connection: Connection, raw: bytes) -> None:
        match connection.method, connection.path:
            case "GET", "/__requests":
                await connection.reply(200, {"requests": self.requests})
            case "DELETE", "/__requests":
                self.requests.clear()
                self._seen.clear()
                await connection.reply(200, {})
            case "PUT", "/__script":
                self.script = SCRIPTS[_json(raw)["script"]]
                await connection.reply(200, {})
            case _:
                await connection.reply(404, {})


def _json(raw: bytes) -> Json:
    try:
        return json.loads(raw or b"{}")
    except ValueError as error:
        raise RefusedError("We could not parse the JSON body of your request.") from error


def _as_asked(c: Conversation, reply: Reply) -> Reply:
    """Keeps the contract of a forced tool or a JSON schema when the script did not think of it."""
    if reply.stubborn:
        return reply
    if reply.calls or c.tool_choice == "none":
        return replace(reply, calls=()) if c.tool_choice == "none" else reply
    if c.tools and c.tool_choice not in ("auto", "none"):
        tool = next((t for t in c.tools if t.name == c.tool_choice), c.tools[0])
        return replace(reply, deltas=(), calls=(Call(tool.name, from_schema(tool.schema)),))
    if c.schema is not None:
        return say(json.dumps(from_schema(c.schema)), fault=reply.fault)
    return reply


async def _pause(ms: float) -> None:
    if ms:
        await asyncio.sleep(ms / 1000)


class FakeLLM(BackgroundServer):
    """A running provider. `script` is a name or a function of the conversation."""

    def __init__(
        self,
        script: str | Script = "echo",
        *,
        key: str | None = None,
        tokens_per_second: float | None = None,
        first_token_ms: float = 0,
    ) -> None:
        chosen = SCRIPTS[script] if isinstance(script, str) else script
        self.provider = FakeProvider(chosen, Pace.of(tokens_per_second, first_token_ms), key)
        super().__init__(self.provider)

    @property
    def openai_url(self) -> str:
        return f"{self.url}/v1"

    @property
    def anthropic_url(self) -> str:
        return self.url

    @property
    def requests(self) -> list[Json]:
        return self.provider.requests

    def play(self, script: str | Script) -> None:
        """Changes what is answered from the next request on."""
        self.provider.script = SCRIPTS[script] if isinstance(script, str) else script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9900)
    parser.add_argument("--script", default="auto", choices=sorted(SCRIPTS))
    parser.add_argument("--tokens-per-second", type=float)
    parser.add_argument("--first-token-ms", type=float, default=0)
    parser.add_argument("--key")
    given = parser.parse_args()
    pace = Pace.of(given.tokens_per_second, given.first_token_ms)
    provider = FakeProvider(SCRIPTS[given.script], pace, given.key)
    uvicorn.run(provider, host=given.host, port=given.port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
