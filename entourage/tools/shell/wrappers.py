"""Programs that run other programs: what is inside is judged instead of them."""

from __future__ import annotations

from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Word

Inner = list["list[Word] | Word | Verdict"]
"""What a wrapper runs: argument lists, scripts, and what is to be said of the wrapper itself."""

NETWORK = frozenset(
    {
        *("curl", "wget", "nc", "ncat", "netcat", "socat", "telnet", "ftp", "sftp", "scp", "rsync", "ssh"),
        *("http", "https", "xh", "aria2c"),
    }
)
"""Programs that talk to other machines."""

DECODERS = frozenset({"base64", "base32", "xxd", "openssl", "gunzip", "zcat", "uudecode", "rev", "tr", "gpg", "printf"})
"""Programs that can hide what a script says."""

SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "fish", "rbash", "csh", "tcsh"})
_PREFIXES = frozenset(
    {
        *("command", "builtin", "exec", "nohup", "time", "setsid", "unbuffer", "chronic", "eatmydata", "catchsegv"),
        *("nice", "ionice", "chrt", "taskset", "stdbuf", "env", "timeout", "watch", "busybox", "toybox", "xvfb-run"),
        *("proxychains", "torsocks", "strace", "ltrace", "caffeinate", "entr", "parallel", "xargs", "flock", "rlwrap"),
        *("coproc", "then", "do", "else", "!", "noglob", "nocorrect", "setarch", "linux64", "firejail", "bwrap"),
    }
)
_RAISING = frozenset(
    {"sudo", "doas", "pkexec", "gosu", "su-exec", "sudoedit", "runuser", "unshare", "nsenter", "chroot"}
)
_WITH_VALUE = {
    "sudo": "ugpCchrtTUDR",
    "doas": "uC",
    "env": "uCS",
    "nice": "n",
    "ionice": "cnp",
    "timeout": "ks",
    "stdbuf": "ioe",
    "exec": "a",
    "time": "fo",
    "xargs": "IiLlnPsEda",
    "watch": "n",
    "flock": "wE",
    "strace": "eopsu",
    "parallel": "jIS",
    "taskset": "",
    "runuser": "ug",
    "nsenter": "t",
}
_OPERANDS_BEFORE = {
    "timeout": 1,
    "flock": 1,
    "taskset": 1,
    "chroot": 1,
    "gosu": 1,
    "su-exec": 1,
    "setarch": 1,
    "chrt": 1,
}
_WITH_SCRIPT = {"su": "-c", "runuser": "-c", "script": "-c", "flock": "-c", "watch": None}


def unwrap(words: list[Word]) -> Inner:
    """What `words` runs, empty when it is not a program that runs others."""
    name = base(words[0].text)
    if name in SHELLS:
        return _shell(words)
    if name == "eval":
        return [_joined(words[1:])] if len(words) > 1 else []
    if name in ("trap", "alias"):
        return _late(name, words)
    if name in ("su", "script") or (name in ("runuser", "flock") and any(word.text == "-c" for word in words)):
        return _scripted(words)
    if name == "env" and any(word.text.startswith(("-S", "--split-string")) for word in words):
        return [ask("env-split", "env -S takes its command apart once more.")]
    if name in _RAISING:
        inner = _after_options(words, name)
        return [ask("privileges", f"{name} runs it with other rights."), *([inner] if inner else [])]
    if name in _PREFIXES and len(words) > 1:
        return _prefixed(words, name)
    return []


def _prefixed(words: list[Word], name: str) -> Inner:
    inner = _after_options(words, name)
    found: Inner = [inner] if inner else []
    if name == "env":
        from entourage.tools.shell.environment import assignment

        for word in words[1:]:
            variable, is_one, value = word.text.partition("=")
            if is_one and (said := assignment(variable, Word(value, word.is_known))):
                found.append(said)
    if name in ("xargs", "parallel") and inner and base(inner[0].text) in ("rm", "unlink", "shred", "chmod", "chown"):
        found.append(ask("xargs", f"{name} {inner[0].text} works on what is not known beforehand."))
    return found


def _after_options(words: list[Word], name: str) -> list[Word]:
    """The command after the wrapper's own options, operands and assignments."""
    valued, operands = _WITH_VALUE.get(name, ""), _OPERANDS_BEFORE.get(name, 0)
    position = 1
    while position < len(words):
        text = words[position].text
        if text == "--":
            position += 1
            break
        if text.startswith("-") and len(text) > 1:
            takes_next = len(text) == 2 and text[1] in valued
            position += 2 if takes_next else 1
        elif "=" in text and name in ("env", "sudo", "doas", "exec") and text.partition("=")[0].isidentifier():
            position += 1
        elif operands:
            operands -= 1
            position += 1
        else:
            break
    return words[position:]


def _shell(words: list[Word]) -> Inner:
    for position, word in enumerate(words[1:], 1):
        text = word.text
        if not word.is_known:
            return [ask("unknown-script", "A shell is given what is not known beforehand.")]
        if text.startswith("-") and not text.startswith("--") and "c" in text[1:]:
            rest = words[position + 1 :]
            while len(rest) > 1 and rest[0].text.startswith(("-", "+")):
                rest = rest[1:]
            return [_script_of(rest[0])] if rest else [ask("unknown-script", "A shell without its script.")]
        if not text.startswith(("-", "+")):
            return [made(word)] if word.has_command or text.startswith("/dev/") else []
    return []


def _script_of(word: Word) -> Word | Verdict:
    return made(word) if word.has_command and not word.is_known else word


def made(word: Word) -> Verdict:
    """A script that another command makes: from the network or decoded it is worse than from a tool nearby."""
    if word.made_by & (NETWORK | DECODERS):
        return deny("made-script", "It runs what comes from the network, or what was hidden by encoding it.")
    return ask("made-script", "It runs what another command prints.")


def _joined(words: list[Word]) -> Word | Verdict:
    return _script_of(
        Word(
            " ".join(word.text for word in words),
            all(word.is_known for word in words),
            frozenset[str]().union(*(word.made_by for word in words)),
        )
    )


def _late(name: str, words: list[Word]) -> Inner:
    """`trap SCRIPT SIGNAL`, `alias NAME=SCRIPT`: judged as if it ran now."""
    if name == "trap":
        return [words[1]] if len(words) > 2 and words[1].text not in ("-", "") else []
    scripts = [Word(word.text.partition("=")[2], word.is_known) for word in words[1:] if "=" in word.text]
    return [*scripts, ask("alias", "An alias changes what later commands do.")] if scripts else []


def _scripted(words: list[Word]) -> Inner:
    """`su -c SCRIPT`, `script -c SCRIPT`."""
    name = base(words[0].text)
    found: Inner = [ask("privileges", f"{name} runs it as somebody else.")] if name in ("su", "runuser") else []
    for position, word in enumerate(words[:-1]):
        if word.text in ("-c", "--command", "-qc", "-ec"):
            found.append(words[position + 1])
    return found


def reads_script(words: list[Word]) -> bool:
    """Whether this command runs what it reads from standard input as a shell script."""
    plain = [word.text for word in words]
    while len(plain) > 1 and base(plain[0]) in (_PREFIXES | _RAISING):
        plain = plain[1:]
        while plain and (plain[0].startswith("-") or "=" in plain[0]):
            plain = plain[1:]
    if not plain or base(plain[0]) not in SHELLS:
        return False
    return all(text.startswith(("-", "+")) and "c" not in text for text in plain[1:]) or "-s" in plain


def base(name: str) -> str:
    """The program's name without its folder."""
    return name.rpartition("/")[2]
