"""No secret is stored; what is none stays as it is; no text takes long."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entourage.kit.redaction import may_hold_secrets, redact_text, redacted
from tests.observe.sending import Agent

LETTERS = string.ascii_letters + string.digits


def random_part(length: int, alphabet: str = LETTERS) -> st.SearchStrategy[str]:
    """A random-looking part: always with a digit, as real ones have."""
    return st.text(alphabet, min_size=length - 1, max_size=length - 1).map(lambda text: f"{text}7")


HEX, UPPER = "0123456789abcdef", string.ascii_uppercase + string.digits
KINDS: dict[str, st.SearchStrategy[tuple[str, str]]] = {
    "OpenAI": random_part(40).map(lambda s: (f"sk-proj-{s}", s)),
    "Anthropic": random_part(40).map(lambda s: (f"sk-ant-api03-{s}", s)),
    "Stripe": random_part(24).map(lambda s: (f"sk_live_{s}", s)),
    "GitHub": random_part(36).map(lambda s: (f"ghp_{s}", s)),
    "GitHub, fine-grained": random_part(50).map(lambda s: (f"github_pat_{s}", s)),
    "GitLab": random_part(20).map(lambda s: (f"glpat-{s}", s)),
    "AWS": random_part(16, UPPER).map(lambda s: (f"AKIA{s}", s)),
    "Google": random_part(35).map(lambda s: (f"AIza{s}", s)),
    "Slack": random_part(24).map(lambda s: (f"xoxb-{s}", s)),
    "Hugging Face": random_part(34).map(lambda s: (f"hf_{s}", s)),
    "npm": random_part(36).map(lambda s: (f"npm_{s}", s)),
    "ours": random_part(48, HEX).map(lambda s: (f"ent_in_{s}", s)),
    "JWT": random_part(30).map(lambda s: (f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIi{s}.{s}", s)),
    "URL": random_part(12).map(lambda s: (f"postgres://app:{s}@db.internal/shop", s)),
    "Authorization": random_part(20).map(lambda s: (f"Authorization: Basic {s}", s)),
    "Bearer": random_part(20).map(lambda s: (f"bearer {s}", s)),
    ".env": random_part(12).map(lambda s: (f"DATABASE_PASSWORD={s}", s)),
    ".env, quoted": random_part(12).map(lambda s: (f'export API_KEY="{s}"', s)),
    "JSON": random_part(12).map(lambda s: (json.dumps({"client_secret": s}), s)),
    "option": random_part(12).map(lambda s: (f"mysql --password {s} shop", s)),
    "private key": random_part(40).map(
        lambda s: (f"-----BEGIN RSA PRIVATE KEY-----\n{s}\n{s}\n-----END RSA PRIVATE KEY-----", s)
    ),
    "private key, cut short": random_part(40).map(lambda s: (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{s}", s)),
}
WITH_SECRET = st.one_of(*KINDS.values())
AROUND = st.text(max_size=40).filter(lambda text: not text or not (text[-1].isalnum() or text[-1] in "_-"))
AFTER = st.sampled_from(["", " ", "\n", '"', "'", ", then go on", ";", " && ls"])


@given(before=AROUND, secret=WITH_SECRET, after=AFTER)
def test_no_secret_survives(before: str, secret: tuple[str, str], after: str) -> None:
    text, hidden = secret
    assert hidden not in redact_text(before + text + after)


@given(secret=WITH_SECRET, key=st.text(max_size=20), after=AFTER)
def test_no_secret_survives_inside_of_json(secret: tuple[str, str], key: str, after: str) -> None:
    text, hidden = secret
    body = {"tool_input": {key: [f"run: {text}{after}", {"x": text}]}}
    assert hidden not in json.dumps(redacted(body), ensure_ascii=False)
    assert may_hold_secrets(json.dumps(body, ensure_ascii=False)), "the gate lets none through"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | WITH_SECRET.map(lambda secret: secret[0]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@example("-----BEGIN PRIVATE KEY----------END ")
def test_whatever_comes_it_stays_json(value: Any) -> None:
    before = json.dumps(value)
    after = json.dumps(redacted(value), ensure_ascii=False)
    after.encode()
    assert json.dumps(value) == before, "what was given is left alone"
    assert redacted(json.loads(after)) == json.loads(after), "a second time changes nothing"


@pytest.mark.parametrize(
    "text",
    [
        "task-list-of-things-to-do-today-and-tomorrow",
        "password = get_password(prompt)",
        "def login(token: str, password: str | None = None)",
        "input_tokens=500, max_tokens=4096",
        "token = os.environ['TOKEN']",
        "export API_KEY=$OTHER_KEY",
        "https://example.com/a@b/c",
        "see docs/token-buckets.md and secret_santa.py",
        "git commit -m 'Rotate the access key'",
        "disk-usage-of-the-whole-machine",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "unit",
    ["eyJ", "sk-", "://a:", "password=", "-----BEGIN RSA PRIVATE KEY-----", "bearer ", "token", "--token ", "'", "a@"],
)
def test_hostile_texts_take_no_longer_than_their_length(unit: str) -> None:
    """Linear rules look at each character a bounded number of times: the text of 2 MB ends at all."""
    text = unit * (2_000_000 // len(unit))
    assert len(redact_text(text)) <= 4 * len(text)


async def test_what_is_stored_and_sent_holds_no_secret(agent: Agent) -> None:
    secret = "sk-ant-api03-Zk39vLq82mNx71pRt4w"
    escaped = json.dumps({"session_id": "s", "hook_event_name": "Stop", "last_assistant_message": secret})
    await agent.hook(
        "PreToolUse", tool_name="Bash", tool_input={"command": f"curl -H 'x-api-key: {secret}'"}, tool_use_id="t"
    )
    await agent.tell(type="deployed", data={"env": {"DATABASE_PASSWORD": "hunter2hunter2"}})
    hidden = escaped.replace("sk-ant", "\\u0073k-ant")
    await agent.batch(hidden)
    text = json.dumps(await agent.stored())
    assert secret not in text
    assert "hunter2" not in text
    assert text.count("[redacted]") >= 3
