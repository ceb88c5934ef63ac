"""npm, python and node, which run whatever they are given: only what runs nothing is harmless."""

from __future__ import annotations

from collections.abc import Sequence

from entourage.tools.shell.harmless.options import Check, Options, first_of, matching, only, verbs
from entourage.tools.shell.place import Place

_PACKAGE = matching(r"(?:@[a-z0-9~-][\w.~-]*/)?[a-z0-9~-][\w.~-]*(?:@[\w.^~-]+)?")
"""A name of the registry. Addresses, folders and `user/repository` would be fetched by git."""

_FIELD_OR_PACKAGE = matching(r"(?:@[a-z0-9~-][\w.~-]*/)?[a-zA-Z0-9~-][\w.~-]*(?:@[\w.^~-]+)?")
_LIST = Options("alg", "all global json long parseable depth=N omit=T include=T prod production", operand=_PACKAGE)
_VERSIONS = only("--version", "-v", "-V", "--help", "-h")


def _syntax(args: Sequence[str], place: Place) -> str | None:
    """`node --check FILE` reads the file and runs nothing of it."""
    if len(args) == 2 and args[0] in ("--check", "-c") and args[1][:1] != "-":
        return place.problem(args[1])
    return "only --version and --check FILE are known to be harmless."


_PYTHON = only("--version", "-V", "-VV", "--help", "-h")
_NPM = first_of(
    only("--version", "-v"),
    verbs(
        {
            **dict.fromkeys(("ls", "list", "ll", "la", "why", "explain", "outdated"), _LIST),
            **dict.fromkeys(("view", "info", "show"), Options("", "json", operand=_FIELD_OR_PACKAGE)),
            **dict.fromkeys(("root", "prefix"), Options("g", "global", most=0)),
        }
    ),
)
_PIP = first_of(
    only("--version", "-V"),
    verbs(
        {
            "list": Options("ol", "outdated uptodate local user not-required format=T", most=0),
            "freeze": Options("l", "all local user", most=0),
            "show": Options("", "files", operand=matching(r"\w[\w.-]*")),
            "check": Options(most=0),
        }
    ),
)

PACKAGES: dict[str, Check] = {
    "npm": _NPM,
    "node": first_of(_VERSIONS, _syntax),
    **dict.fromkeys(("python", "python2", "python3", *(f"python3.{minor}" for minor in range(6, 16))), _PYTHON),
    **dict.fromkeys(("pip", "pip3"), _PIP),
    **dict.fromkeys(("ruby", "php", "gcc", "make", "uv", "bun", "deno"), only("--version")),
    "java": only("--version", "-version"),
}
