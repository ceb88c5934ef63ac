"""A scripted model provider as a real HTTP server: OpenAI chat and Responses, Anthropic messages, faults included.

Also models, embeddings, speech, transcription, images and count_tokens. `bodies` and `answers` hold the bytes of each
request and of what it was answered with.

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

from tests.fakes import anthropic_dialect, media, openai_dialect, responses_dialect
from tests.fakes.catalogue import embeddings, model, models
from tests.fakes.connection import Connection
from tests.fakes.conversation import Conversation, Json
from tests.fakes.refusal import RefusedError
from tests.fakes.replies import Call, Fault, Reply, from_schema, say
from tests.fakes.running import BackgroundServer
from tests.fakes.scripts import SCRIPTS, Script

_KEPT_REQUESTS = 1000
_CHAT_PATHS: dict[str, ModuleType] = {
    "/v1/chat/completions": openai_dialect,
    "/v1/responses": responses_dialect,
    "/v1/messages": anthropic_dialect,
}


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
    bodies: list[bytes] = field(default_factory=list)
    answers: list[bytearray] = field(default_factory=list)
    _seen: Counter[str] = field(default_factory=Counter)
    _responses: dict[str, list[Json]] = field(default_factory=dict)

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
        is_form = connection.headers.get("content-type", "").startswith("multipart/")
        body: Json = _json(raw) if method == "POST" and not is_form else {}
        asked = {"method": method, "path": path, "query": connection.query, "headers": connection.headers, "body": body}
        self._keep(asked, raw, connection)
        self._check_key(connection)
        if path in _CHAT_PATHS and method == "POST":
            await self._chat(connection, body, raw)
        elif path == "/v1/messages/count_tokens":
            counted = anthropic_dialect.read_request(body, counting=True)
            await connection.reply(200, {"input_tokens": counted.input_tokens()})
        elif path == "/v1/models":
            await connection.reply(200, models(connection.is_anthropic))
        elif path.startswith("/v1/models/"):
            await connection.reply(200, model(path.removeprefix("/v1/models/"), connection.is_anthropic))
        elif method == "POST":
            await self._other(connection, body, raw)
        else:
            raise _unknown(connection)

    async def _other(self, connection: Connection, body: Json, raw: bytes) -> None:
        """What is no conversation; a model named like a fault goes wrong that way here, too."""
        match connection.path:
            case "/v1/embeddings":
                await self._faulty(connection, body, embeddings(body))
            case "/v1/images/generations":
                await self._faulty(connection, body, media.images(body, f"http://{connection.headers['host']}"))
            case "/v1/audio/speech":
                await connection.reply_bytes(*media.speech(body))
            case "/v1/audio/transcriptions":
                await self._transcribe(connection, raw)
            case _:
                raise _unknown(connection)

    async def _faulty(self, connection: Connection, body: Json, answer: Json) -> None:
        c = Conversation(dialect="openai", model=str(body.get("model")), turns=())
        fault = SCRIPTS[c.model](c).fault if c.model in SCRIPTS else None
        if fault and fault.kind == "status":
            await self._refuse(connection, fault, None)
        elif fault and fault.kind == "cut_before":
            connection.abort()
        else:
            await connection.whole(fault, answer, openai_dialect)

    async def _transcribe(self, connection: Connection, raw: bytes) -> None:
        fields, file = media.form_of(connection.headers.get("content-type", ""), raw)
        answer, events = media.transcription(fields, file)
        if fields.get("stream") == "true":
            await connection.start_stream()
            for event in events:
                await connection.send_event(b"data: " + json.dumps(event).encode() + b"\n\n")
            await connection.end_stream()
        elif isinstance(answer, str):
            await connection.reply_bytes(answer.encode(), "text/plain; charset=utf-8")
        else:
            await connection.reply(200, answer)

    def _keep(self, asked: Json, raw: bytes, connection: Connection) -> None:
        self.requests.append(asked)
        self.bodies.append(raw)
        self.answers.append(connection.sent)
        for kept in (self.requests, self.bodies, self.answers):
            del kept[:-_KEPT_REQUESTS]

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
        if dialect is responses_dialect:
            body = self._continued(body)
        digest = hashlib.sha256(raw).hexdigest()
        conversation: Conversation = replace(dialect.read_request(body), repeats=self._seen[digest])
        self._seen[digest] += 1
        script = SCRIPTS.get(conversation.model, self.script)
        reply = _as_asked(conversation, script(conversation))
        if reply.fault and reply.fault.kind == "status":
            await self._refuse(connection, reply.fault, None)
        elif reply.fault and reply.fault.kind == "redirect":
            await connection.redirect(reply.fault.status)
        else:
            if dialect is responses_dialect and body.get("store", True):
                said = responses_dialect.output(conversation, reply)
                self._responses[responses_dialect.response_id(conversation)] = [*body["input"], *said]
            await self._answer(connection, dialect, conversation, reply)

    def _continued(self, body: Json) -> Json:
        """With the items of the response it goes on from. Raises RefusedError."""
        items = responses_dialect.items_of(body.get("input"))
        before = body.get("previous_response_id")
        if before is not None and before not in self._responses:
            raise RefusedError(
                f"Previous response with id '{before}' not found.",
                param="previous_response_id",
                code="previous_response_not_found",
            )
        return body | {"input": [*self._responses.get(before or "", []), *items]}

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
        await connection.start_stream(fault)
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
                for kept in (self.requests, self.bodies, self.answers, self._seen):
                    kept.clear()
                await connection.reply(200, {})
            case "PUT", "/__script":
                self.script = SCRIPTS[_json(raw)["script"]]
                await connection.reply(200, {})
            case _:
                await connection.reply(404, {})


def _unknown(connection: Connection) -> RefusedError:
    told = f"Unknown request URL: {connection.method} {connection.path}."
    return RefusedError(told, status=404, code="unknown_url")


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
    return _stopped(c, reply)


def _stopped(c: Conversation, reply: Reply) -> Reply:
    """Ends where a stop sequence or the most tokens say so."""
    found = min(((at, stop) for stop in c.stop if (at := reply.text.find(stop)) >= 0), default=None)
    if found:
        return replace(reply, deltas=say(reply.text[: found[0]]).deltas, stop="sequence", stop_sequence=found[1])
    if c.max_tokens is None or reply.output_tokens() <= c.max_tokens:
        return reply
    return replace(reply, deltas=say(reply.text[: 4 * c.max_tokens]).deltas, stop="length")


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

    @property
    def bodies(self) -> list[bytes]:
        """What was sent, byte for byte, beside `requests`."""
        return self.provider.bodies

    @property
    def answers(self) -> list[bytearray]:
        """What was answered, byte for byte, beside `requests`."""
        return self.provider.answers

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
