"""Secrets are taken out before anything is stored.

A gate looks at every event: one pass of a linear-time automaton (the Rust regex engine that pydantic brings). Only
texts that it stops are walked with the precise rules. Those are linear as well: each begins with a literal and takes
its whole run at once (possessive quantifiers, no backtracking), and whether the run is a secret is decided afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

from pydantic_core import SchemaValidator, core_schema

REDACTED = "[redacted]"

_KEY_NAMES = (
    r"passw|passphrase|pwd|secret|token|authorization|api[_-]?key|credential|(?:private|access|signing)[_-]?key"
)
_ASSIGNED = _KEY_NAMES.replace("token", "token(?!s)")
"""`max_tokens=4096` assigns no token."""

_SHAPE_GATE = (
    r"[sr]k-[A-Za-z0-9_-]{16}|[sr]k_(?:live|test|prod)_"
    r"|gh[pousr]_[A-Za-z0-9]{8}|github_pat_|glpat-|gl(?:dt|rt|ft)-[A-Za-z0-9_-]{8}"
    r"|A[KS]IA[A-Z0-9]{8}|AIza|ya29\.|GOCSPX-"
    r"|eyJ[A-Za-z0-9_.-]{8}"
    r"|-----BEGIN"
    r"|xox[a-z]-[A-Za-z0-9-]{4}|xapp-|hooks\.slack\.com"
    r"|(?:hf|npm|ent|ent_in|lin_api|shpat|dop_v1)_[A-Za-z0-9]{12}|pypi-[A-Za-z0-9_-]{8}|SG\.[A-Za-z0-9_.-]{8}"
    r"|AccountKey="
)
_GATE = rf"{_SHAPE_GATE}|://[^/\s]*@|(?i:{_KEY_NAMES}|bearer\s|basic\s|cookie)"
_shape_gate = SchemaValidator(core_schema.str_schema(pattern=_SHAPE_GATE))
_gate = SchemaValidator(core_schema.str_schema(pattern=_GATE))


class _Rule(NamedTuple):
    """`pattern` takes a candidate; `is_secret` looks at its last named group."""

    pattern: re.Pattern[str]
    is_secret: Callable[[str], bool]


def _mixed(least: int) -> Callable[[str], bool]:
    """Random-looking: long, with a digit or both cases; `task-list-of-things` is none."""

    def check(text: str) -> bool:
        return len(text) >= least and (any(map(str.isdigit, text)) or not (text.islower() or text.isupper()))

    return check


def _long(least: int) -> Callable[[str], bool]:
    return lambda text: len(text) >= least


def _is_jwt(text: str) -> bool:
    return text.count(".") >= 1 and len(text) >= 20


_NO_LITERAL = frozenset(
    {"none", "null", "true", "false", "str", "string", "int", "bytes", "undefined", "required", "optional", "process"}
)


def _is_value(text: str) -> bool:
    """Whether what is assigned to a secret's name is a literal rather than code or a reference to one."""
    bare = text.strip("\"'\\")
    if len(bare) < 4 or bare.startswith(("$", "<", "{", "%", "*", "[")):
        return False
    head = bare.partition(".")[0].lower()
    return (
        head not in _NO_LITERAL
        and not bare.startswith(("os.", "self.", "settings.", "config.", "env."))
        and ("(" not in bare)
    )


_WORD = r"[A-Za-z0-9_-]*+"

_SHAPES = (
    _Rule(re.compile(rf"(?<![A-Za-z0-9])[sr]k-(?P<s>{_WORD})"), _mixed(16)),
    _Rule(re.compile(r"(?<![A-Za-z0-9])[sr]k_(?:live|test|prod)_(?P<s>[A-Za-z0-9]*+)"), _long(8)),
    _Rule(re.compile(r"gh[pousr]_(?P<s>[A-Za-z0-9]*+)"), _long(16)),
    _Rule(re.compile(r"github_pat_(?P<s>\w*+)"), _long(16)),
    _Rule(re.compile(rf"gl(?:pat|dt|rt|ft)-(?P<s>{_WORD})"), _long(12)),
    _Rule(re.compile(r"A[KS]IA(?P<s>[A-Z0-9]*+)"), _long(12)),
    _Rule(re.compile(rf"AIza(?P<s>{_WORD})"), _long(30)),
    _Rule(re.compile(rf"(?:ya29\.|GOCSPX-)(?P<s>{_WORD})"), _long(16)),
    _Rule(re.compile(r"eyJ(?P<s>[A-Za-z0-9_.-]*+)"), _is_jwt),
    _Rule(re.compile(r"(?:xox[a-z]|xapp)-(?P<s>[A-Za-z0-9-]*+)"), _long(10)),
    _Rule(re.compile(r"hooks\.slack\.com/services/(?P<s>[A-Za-z0-9/]*+)"), _long(8)),
    _Rule(re.compile(r"(?<![A-Za-z0-9])(?:hf|npm|ent_in|ent|lin_api|shpat|dop_v1)_(?P<s>[A-Za-z0-9]*+)"), _mixed(16)),
    _Rule(re.compile(rf"pypi-(?P<s>{_WORD})"), _long(20)),
    _Rule(re.compile(r"(?<![A-Za-z0-9])SG\.(?P<s>[A-Za-z0-9_.-]*+)"), _long(20)),
    _Rule(re.compile(r"AccountKey=(?P<s>[A-Za-z0-9+/=]*+)"), _long(20)),
    _Rule(
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,24}(?:PRIVATE KEY|PGP MESSAGE)[A-Z ]{0,10}+-----"
            # the group is not possessive: before Python 3.11.5 a possessive group forgot what it looks ahead for
            r"(?P<s>[^-]*+(?:-(?!----END)[^-]*+)*)(?:-----END [A-Z0-9 ]{0,60}+-----)?"
        ),
        _long(1),
    ),
)
"""Secrets that are known by how they look."""

_RULES = (
    *_SHAPES,
    _Rule(re.compile(r"(?i:\bbearer|\bbasic)[ \t]{1,4}+(?P<s>[A-Za-z0-9._~+/=-]*+)"), _mixed(8)),
    _Rule(re.compile(r"://(?P<u>[^\s/:@\"'<>]{0,256}+):(?P<s>[^\s/\"'<>]{1,1024})@"), _long(1)),
    _Rule(
        re.compile(
            rf"(?i:{_ASSIGNED}|cookie)[A-Za-z0-9_]{{0,40}}+\\?[\"']?[ \t]{{0,4}}+(?:[=:]|=>)[ \t]{{0,4}}+"
            r"(?:(?i:bearer|basic|token|digest)[ \t]{1,4}+)?"
            r"(?:\\?\"(?P<q>[^\"\n\\]*+)|\\?'(?P<a>[^'\n\\]*+)|(?P<s>[^\s\"',;&|)}\]]*+))"
        ),
        _is_value,
    ),
    _Rule(re.compile(r"(?i:--?(?:password|passwd|token|secret|api-key))[ \t]{1,4}+(?P<s>[^\s-][^\s]*+)"), _is_value),
)

_SECRET_NAMES = (
    *("password", "passwd", "pwd", "passphrase", "secret", "token", "api_key", "apikey", "authorization"),
    *("access_key", "secret_key", "private_key", "signing_key", "credential", "credentials", "cookie"),
)


def may_hold_secrets(text: str) -> bool:
    """Quick and cautious: False means that `text` holds nothing that the rules would take out."""
    return _gate.isinstance_python(text)


def redacted(value: Any) -> Any:
    """A JSON value with every secret in it replaced by `[redacted]`. The value itself is left alone."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {
            (redact_text(key) if len(key) > 16 else key): (
                REDACTED if isinstance(item, str) and item and _names_secret(key) else redacted(item)
            )
            for key, item in cast("dict[str, Any]", value).items()
        }
    if isinstance(value, list):
        return _list(cast("list[Any]", value))
    return value


def redact_text(text: str) -> str:
    """`text` with its secrets replaced."""
    if not may_hold_secrets(text):
        return text
    return _applied(_RULES, text)


def redact_tokens(text: str) -> str:
    """`text` without secrets that are known by their shape, whatever stands around them; code stays as it is."""
    return _applied(_SHAPES, text) if _shape_gate.isinstance_python(text) else text


def _applied(rules: tuple[_Rule, ...], text: str) -> str:
    for rule in rules:
        text = rule.pattern.sub(lambda found, rule=rule: _replaced(found, rule), text)
    return text


def _list(items: list[Any]) -> list[Any]:
    """A list, in which an option such as `--password` hides the word after it."""
    return [
        REDACTED if hidden and isinstance(item, str) else redacted(item)
        for item, hidden in zip(items, _after_options(items), strict=True)
    ]


def _after_options(items: list[Any]) -> Iterator[bool]:
    hidden = False
    for item in items:
        yield hidden
        hidden = isinstance(item, str) and item.startswith("--") and len(item) < 40 and _names_secret(item[2:])


def _replaced(found: re.Match[str], rule: _Rule) -> str:
    name = found.lastgroup or "s"
    if not rule.is_secret(found[name]):
        return found[0]
    start, end = found.span(name)
    whole, offset = found[0], found.start()
    return f"{whole[: start - offset]}{REDACTED}{whole[end - offset :]}"


def _names_secret(name: str) -> bool:
    bare = name.lower().replace("-", "_")
    return bare.endswith(_SECRET_NAMES) and not bare.endswith(("next_page_token", "page_token"))
