"""Commands that only read: the whole list of what is allowed without anybody's word."""

from __future__ import annotations

from entourage.tools.shell.paths import is_within, normal
from entourage.tools.shell.scene import Scene
from entourage.tools.shell.words import Word

_ANY_ARGUMENTS = frozenset(
    {
        *("ls", "cat", "head", "tail", "wc", "grep", "egrep", "fgrep", "rg", "cut", "tr", "echo", "printf", "pwd"),
        *("whoami", "id", "uname", "uptime", "df", "du", "free", "ps", "stat", "file", "which", "type", "test", "["),
        *(
            "true",
            "false",
            ":",
            "sleep",
            "basename",
            "dirname",
            "realpath",
            "readlink",
            "diff",
            "cmp",
            "md5sum",
            "cksum",
        ),
        *(
            "sha1sum",
            "sha256sum",
            "sha512sum",
            "nproc",
            "lscpu",
            "lsblk",
            "jq",
            "nl",
            "tac",
            "seq",
            "sort",
            "tree",
            "cal",
        ),
        *("groups", "who", "w", "last", "arch", "tty", "column", "paste", "comm", "fold", "expr", "find", "cd", "rev"),
        *("exit", "return", "break", "continue", "shift", "wait", "local", "getconf", "locale", "tput", "less", "more"),
    }
)
_WITHOUT = {
    "find": ("-exec", "-ok", "-delete", "-fprint", "-fls"),
    "sort": ("-o", "--output", "--compress", "-T", "--temporary"),
    "tree": ("-o",),
    "rg": ("--pre", "--hostname-bin", "-z"),
    "file": ("-C", "-m"),
    "less": ("+", "-o", "-O", "-k"),
    "more": ("+",),
    "tail": ("--pid",),
}
"""Options with which even these do more than read."""

_ONE_OPERAND = {"date": 0, "hostname": 0, "uniq": 1}
_VERBS = {
    "git": {
        *("status", "log", "diff", "show", "rev-parse", "ls-files", "describe", "blame", "shortlog", "ls-tree"),
        *("cat-file", "rev-list", "merge-base", "name-rev", "count-objects", "grep", "whatchanged", "check-ignore"),
    },
    "npm": {"ls", "list", "view", "outdated", "root", "prefix", "why", "explain"},
    "systemctl": {
        "status",
        "is-active",
        "is-enabled",
        "is-failed",
        "list-units",
        "list-unit-files",
        "list-timers",
        "show",
    },
    "docker": {"ps", "images", "version", "info"},
    "pip": {"list", "show", "freeze", "check"},
    "cargo": {"tree", "metadata"},
    "go": {"version", "env", "list"},
}
_VERSIONS = frozenset({"--version", "-V", "-v", "version", "--help", "-h"})
_VERSIONED = frozenset(
    {
        "node",
        "npm",
        "git",
        "cargo",
        "rustc",
        "go",
        "java",
        "gcc",
        "make",
        "docker",
        "uv",
        "pip",
        "ruby",
        "php",
        "bun",
        "deno",
    }
)


def is_listed(name: str, args: list[Word], scene: Scene) -> bool:
    """Whether this command only reads, where everything about it is known."""
    if not all(word.is_known for word in args):
        return False
    texts = [word.text for word in args]
    if scene.roots and not all(_is_inside(text, scene) for text in texts):
        return False
    if name in _ANY_ARGUMENTS:
        return not any(text.startswith(bad) for bad in _WITHOUT.get(name, ()) for text in texts)
    if name in _ONE_OPERAND:
        return _is_modest(name, texts)
    if name in _VERBS and _verb(texts) in _VERBS[name]:
        return not any(text.startswith(("--output", "-O", "--ext-diff", "--textconv")) for text in texts)
    return len(texts) == 1 and texts[0] in _VERSIONS and (name in _VERSIONED or name.startswith("python"))


def _is_modest(name: str, texts: list[str]) -> bool:
    plain = [text for text in texts if not text.startswith(("-", "+"))]
    return len(plain) <= _ONE_OPERAND[name] and not any(
        text.startswith(("-s", "--set", "-F", "--file")) for text in texts
    )


def _verb(texts: list[str]) -> str | None:
    """The subcommand; global options of git that merely point somewhere are stepped over."""
    position = 0
    while position < len(texts) and texts[position].startswith("-"):
        position += 2 if texts[position] == "-C" else 1
        if texts[position - 1] == "-c":
            return None
    return texts[position] if position < len(texts) else None


def _is_inside(text: str, scene: Scene) -> bool:
    if not text.startswith(("/", "~", "..")):
        return True
    return is_within(normal(text, scene.cwd), scene.roots)
