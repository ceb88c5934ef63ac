"""One command without wrappers: the rules of its program, then secrets among its arguments, then the harmless ones."""

from __future__ import annotations

from entourage.tools.shell.files import FILE_RULES
from entourage.tools.shell.flows import outside
from entourage.tools.shell.git import git
from entourage.tools.shell.inline import INTERPRETERS, interpreter
from entourage.tools.shell.listed import is_listed
from entourage.tools.shell.network import NETWORK_RULES
from entourage.tools.shell.paths import is_private, is_secret, may_be_telling, normal
from entourage.tools.shell.scene import Rule, Scene
from entourage.tools.shell.system import SYSTEM_RULES
from entourage.tools.shell.verdict import HARMLESS, Verdict, ask, deny, graver, unlisted
from entourage.tools.shell.words import Word
from entourage.tools.shell.wrappers import NETWORK, base, made

_READERS = frozenset(
    {
        *(
            "cat",
            "head",
            "tail",
            "less",
            "more",
            "grep",
            "egrep",
            "fgrep",
            "rg",
            "ag",
            "sed",
            "awk",
            "cut",
            "sort",
            "uniq",
        ),
        *("od", "xxd", "hexdump", "strings", "base64", "nl", "tac", "rev", "paste", "diff", "cmp", "vi", "vim", "nano"),
        *("cp", "mv", "tar", "zip", "gzip", "7z", "openssl", "jq", "yq", "view", "bat", "source", ".", "emacs", "ln"),
        *("mapfile", "readarray", "dd", "tee", "wc", "fold", "expand", "column", "look", "comm", "join", "git", "gpg"),
    }
)


_TEXTUAL = frozenset({"echo", "printf", "basename", "dirname", "df"})
"""Programs that do not open what looks like a path."""


def judge_program(words: list[Word], scene: Scene) -> Verdict | None:
    """The verdict on this command."""
    name = base(words[0].text)
    if "/" in words[0].text and (odd := _odd_place(words[0].text)):
        scene.say(odd)
    rule = _RULES.get(name) or _rule_of_kind(name)
    if rule and (said := rule(words, scene)) and said.behavior != "allow":
        scene.say(said)
    said = _secrets(name, words[1:], scene)
    if said:
        return said
    return HARMLESS if is_listed(name, words[1:], scene) else unlisted(name)


def _odd_place(program: str) -> Verdict | None:
    """Programs in folders where anybody may put one."""
    if normal(program).startswith(("/tmp/", "/dev/shm/", "/var/tmp/")):
        return ask("odd-program", f"{program} lies in a folder for temporary files.")
    return None


def _secrets(name: str, args: list[Word], scene: Scene) -> Verdict | None:
    """What the paths among the arguments are worth a word of."""
    found: Verdict | None = None
    for word in args:
        said = _secret(name, word, scene)
        if said:
            found = said if found is None else graver(found, said)
    return found


def _secret(name: str, word: Word, scene: Scene) -> Verdict | None:
    text = word.text
    if not text or (text.startswith("-") and "=" not in text and "/" not in text):
        return None
    for piece in _pieces(text) if may_be_telling(text) else ():
        path = normal(piece, scene.cwd) if piece else ""
        if path and is_secret(path) and ("/" in piece or "~" in piece or piece.endswith((".pem", ".p12", ".pfx"))):
            if name in NETWORK:
                return deny("exfiltration", f"{path} would leave this machine.")
            if name in _READERS or name in INTERPRETERS:
                return deny("secret", f"{path} holds keys or passwords.")
            return ask("secret", f"{path} holds keys or passwords.")
        if path and is_private(path):
            if name in NETWORK:
                return deny("exfiltration", f"{path} would leave this machine.")
            if name in _READERS:
                return ask("private", f"{path} often holds secrets.")
    if scene.roots and name not in _TEXTUAL and text.startswith(("/", "~", "..")):
        return outside(normal(text, scene.cwd), scene, "touch")
    return None


def _pieces(text: str) -> set[str]:
    """The whole, and what stands behind `=`, `@` and `:`, which may be a path, too."""
    return {text, text.partition("=")[2], text.partition("@")[2], text.rpartition(":")[2]}


def _rule_of_kind(name: str) -> Rule | None:
    if name.startswith("mkfs"):
        return _RULES["mkfs"]
    return interpreter if name.rstrip("0123456789.") in INTERPRETERS else None


def _sourced(words: list[Word], _scene: Scene) -> Verdict | None:
    if len(words) > 1 and words[1].has_command:
        return made(words[1])
    return None


def _set(words: list[Word], scene: Scene) -> Verdict | None:
    texts = [word.text for word in words[1:]]
    if "history" in texts and "+o" in texts:
        return deny("history", "It hides what is run from the history.")
    if "--" in texts:
        scene.variables["@"] = Word("", is_known=False)
    return None


_RULES: dict[str, Rule] = {
    **FILE_RULES,
    **SYSTEM_RULES,
    **NETWORK_RULES,
    "git": git,
    "source": _sourced,
    ".": _sourced,
    "set": _set,
}
