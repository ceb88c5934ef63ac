"""Programs given to an interpreter on its command line: their texts are judged, and what they call by name."""

from __future__ import annotations

import re

from entourage.tools.shell.arguments import value_of
from entourage.tools.shell.paths import is_secret, normal, removing
from entourage.tools.shell.scene import Scene
from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Word
from entourage.tools.shell.wrappers import base, made

INTERPRETERS = {
    "python": ("-c",),
    "pypy": ("-c",),
    "perl": ("-e", "-E"),
    "ruby": ("-e",),
    "node": ("-e", "--eval", "-p", "--print"),
    "bun": ("-e", "--eval"),
    "deno": ("eval",),
    "php": ("-r",),
    "lua": ("-e",),
    "osascript": ("-e",),
    "awk": ("-e",),
    "gawk": ("-e",),
    "mawk": (),
    "nawk": (),
    "tclsh": (),
    "vim": ("-c", "--cmd"),
    "vi": ("-c",),
    "nvim": ("-c", "--cmd"),
    "ex": ("-c",),
    "psql": ("-c", "--command"),
    "mysql": ("-e", "--execute"),
    "sqlite": (),
}
"""Interpreters by the options that a program follows (version digits are left off)."""

MAX_TEXTS = 40
_FROM_INPUT = frozenset({"python", "pypy", "perl", "ruby", "node", "php", "lua", "bun", "osascript", "psql", "mysql"})
_FIRST_OPERAND = frozenset({"awk", "gawk", "mawk", "nawk"})
_TEXTS = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|`([^`]*)`|qx?\{([^}]*)\}|/([^/\n]{3,})/")
_NAMES = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_RUNNING = frozenset(
    {
        *(
            "system",
            "exec",
            "popen",
            "Popen",
            "spawn",
            "execSync",
            "spawnSync",
            "execFile",
            "execFileSync",
            "child_process",
        ),
        *(
            "subprocess",
            "shell_exec",
            "passthru",
            "proc_open",
            "execvp",
            "execv",
            "execl",
            "pty",
            "getline",
            "qx",
            "sh",
        ),
        *("check_output", "check_call", "call", "getoutput", "ProcessBuilder", "doShellScript", "ShellExecute"),
    }
)
_REMOVING = frozenset(
    {
        *("unlink", "rmtree", "remove", "rmdir", "removedirs", "rmSync", "rmdirSync", "unlinkSync", "rm_rf", "rm_r"),
        *("remove_tree", "delete", "truncate", "DROP", "drop", "TRUNCATE", "DELETE", "delete_all", "removeSync"),
    }
)
_HIDING = frozenset(
    {"b64decode", "fromhex", "decode64", "atob", "marshal", "unpack", "base64", "codecs", "zlib", "chr"}
)
_EVALUATING = frozenset({"exec", "eval", "compile", "Function", "loads", "instance_eval", "create_function", "assert"})
_SENDING = frozenset(
    {
        "socket",
        "urllib",
        "requests",
        "urlopen",
        "fetch",
        "http",
        "https",
        "Net",
        "LWP",
        "connect",
        "httpx",
        "XMLHttpRequest",
    }
)


def interpreter(words: list[Word], scene: Scene) -> Verdict | None:
    """The verdict on a program on the command line, None where it is in a file."""
    kind = base(words[0].text).rstrip("0123456789.")
    options = INTERPRETERS[kind]
    code = value_of(words, *options) if options else None
    if code is None and kind in _FIRST_OPERAND:
        code = next((word for word in words[1:] if not word.text.startswith("-")), None)
    if code is None:
        return _module(words)
    if not code.is_known:
        return made(code) if code.has_command else None
    return judge_code(kind, code.text, scene)


def judge_code(kind: str, code: str, scene: Scene) -> Verdict | None:
    """What a program in another language is suspected of, by its texts and the names it uses."""
    names = set(_NAMES.findall(code))
    texts = [found[found.lastindex or 0] or "" for found in _TEXTS.finditer(code)][:MAX_TEXTS]
    if names & _EVALUATING and names & _HIDING:
        return deny("hidden-code", f"{kind} runs code that is hidden by encoding it.")
    paths = [normal(text) for text in texts if "/" in text or "~" in text]
    if any(is_secret(path) for path in paths):
        return deny("secret", f"{kind} reads keys or passwords.")
    if names & _REMOVING:
        worst = [said for path in paths if (said := removing(path)) and said.behavior == "deny"]
        return worst[0] if worst else ask("inline-removes", f"A program given to {kind} removes things.")
    if names & _RUNNING or "`" in code or kind in ("vim", "vi", "nvim", "ex"):
        return _commands(kind, texts, code, scene)
    if names & {"environ", "ENV", "env", "getenv"} and names & _SENDING:
        return deny("exfiltration", f"A program given to {kind} may send secrets away.")
    return ask("inline-network", f"A program given to {kind} talks to others.") if names & _SENDING else None


def _commands(kind: str, texts: list[str], code: str, scene: Scene) -> Verdict | None:
    """Every text may be a command, and all of them together one."""
    if kind in ("vim", "vi", "nvim", "ex"):
        if "!" not in code:
            return None
        texts = [code.partition("!")[2]]
    for text in {*texts, " ".join(texts)}:
        if text.strip():
            scene.script(Word(text))
    return ask("inline-runs", f"A program given to {kind} runs commands.")


def reads_program(texts: list[str]) -> str | None:
    """The interpreter, when it runs what it reads from standard input."""
    kind = base(texts[0]).rstrip("0123456789.")
    is_one = kind in _FROM_INPUT and (len(texts) == 1 or texts[1] == "-")
    return kind if is_one else None


def _module(words: list[Word]) -> Verdict | None:
    """`python -m http.server` opens this folder to everybody."""
    module = value_of(words, "-m") if base(words[0].text).startswith("python") else None
    if module is not None and module.text in ("http.server", "SimpleHTTPServer", "pyftpdlib"):
        return ask("serving", "It lets others read this folder.")
    if len(words) > 1 and words[1].has_command and not words[1].text.startswith("-"):
        return made(words[1])
    return None
