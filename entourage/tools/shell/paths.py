"""Which paths hold secrets, which belong to the system, and which start something by being written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase, translate
from functools import lru_cache

from entourage.tools.shell.verdict import Verdict, ask, deny

SYSTEM = (
    *(
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/lib32",
        "/lib64",
        "/libx32",
        "/opt",
        "/proc",
        "/root",
        "/run",
        "/sbin",
    ),
    *("/sys", "/usr", "/var", "/System", "/Library", "/Applications"),
)
"""Folders that no agent has to change."""

TOP = ("/home", "/Users", "/mnt", "/media", "/srv", "/tmp")
"""Folders that must not go as a whole, though what is in them may."""

SHARED = ("/var/tmp", "/run/user", "/dev/shm")
_HARMLESS_DEVICES = ("/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/zero")

_SECRET = (
    *("/etc/shadow*", "/etc/gshadow*", "/etc/sudoers", "/etc/sudoers.d/*", "/etc/ssl/private/*", "/proc/*/environ"),
    *("*/.ssh/id_*", "*/.ssh/*_rsa", "*/.ssh/*_ed25519", "*/.ssh/identity", "*/.ssh", "/etc/ssh/ssh_host_*_key"),
    *(
        "*/.aws/credentials",
        "*/.gnupg",
        "*/.gnupg/*",
        "*/.netrc",
        "*/.pgpass",
        "*/.kube/config",
        "*/.docker/config.json",
    ),
    *("*/.git-credentials", "*/.config/gcloud/*", "*/.azure/*", "*/.config/gh/hosts.yml", "*/.npmrc", "*/.pypirc"),
    *("*/.config/entourage/*", "*/.password-store/*", "*/.local/share/keyrings/*", "*/Library/Keychains/*"),
    *("*.pem", "*.p12", "*.pfx", "*.keystore", "*/vault.key", "*/master.key"),
)
_PRIVATE = ("*/.env", "*/.env.*", "*/secrets.y*ml", "*/secrets.json", "*/credentials.json", "*.key", "*/.bash_history")
_EXAMPLES = ("*.example", "*.sample", "*.template", "*.dist", "*.pub")

_STARTERS = (
    *("~/.bashrc", "~/.bash_profile", "~/.bash_login", "~/.bash_logout", "~/.profile", "~/.zshrc", "~/.zshenv"),
    *("~/.zprofile", "~/.zlogin", "~/.config/fish/*", "~/.ssh/*", "~/.config/autostart/*", "~/.config/systemd/*"),
    *("~/.gitconfig", "~/.config/git/*", "~/Library/LaunchAgents/*", "~/.pam_environment", "~/.xinitrc", "~/.inputrc"),
    *("~/.claude/settings*.json", "~/.codex/*", "~/.gemini/settings.json", "~/.config/entourage/*", "~/.vimrc"),
)
_OF_OTHERS = tuple("*" + starter[1:] for starter in _STARTERS[:12])
_HISTORY = ("~/.bash_history", "~/.zsh_history", "~/.python_history", "~/.local/share/fish/fish_history")
_WELL_KNOWN = ("/etc/shadow", "/etc/gshadow", "~/.ssh/id_rsa", "~/.ssh/id_ed25519", "~/.aws/credentials")
_GLOB = frozenset("*?[")
_DETOUR = re.compile(r"//|(?:^|/)\.\.?(?:/|$)|./$")
_MARKED = re.compile(
    r"\.(?:ssh|aws|gnupg|netrc|pgpass|kube|docker|git-|config|azure|npmrc|pypirc|password|local|pem|p12|pfx|key|env|bash_)"
    r"|shadow|sudoers|ssl|environ|ssh_host|Keychains|vault|master|secrets\.|credentials|[*?\[]"
)
"""A part of every path that may be secret or private: most have none."""


def may_be_telling(text: str) -> bool:
    """Whether this may name a path that is secret or private; quick, and never wrong when it says no."""
    return _MARKED.search(text) is not None


def normal(path: str, cwd: str = "") -> str:
    """The path without detours; `~` stands for the home folder. Relative ones stay relative when `cwd` is not known."""
    if path[:1] == "$":
        for home in ("$HOME", "${HOME}"):
            if path == home or path.startswith(home + "/"):
                path = "~" + path[len(home) :]
    if not path.startswith(("/", "~")) and cwd:
        path = f"{cwd}/{path}"
    if not path or not _DETOUR.search(path):
        return path
    found = posixpath.normpath(path)
    return found[1:] if found.startswith("//") else found


def is_within(path: str, folders: Iterable[str]) -> bool:
    """Whether the normal path is one of these folders or lies in one."""
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def is_secret(path: str) -> bool:
    """Whether keys or passwords are kept there; for a pattern, whether it can mean such a path."""
    return may_be_telling(path) and not _is_any(path, _EXAMPLES) and (_is_any(path, _SECRET) or _means(path))


def is_private(path: str) -> bool:
    """Whether it often holds secrets, as `.env` does."""
    return may_be_telling(path) and not _is_any(path, _EXAMPLES) and _is_any(path, _PRIVATE)


def reading(path: str) -> Verdict | None:
    """What reading this path is worth a word of."""
    if is_secret(path):
        return deny("secret", f"{path} holds keys or passwords.")
    if is_private(path):
        return ask("private", f"{path} often holds secrets.")
    return None


def writing(path: str) -> Verdict | None:
    """What writing this path is worth a word of."""
    if path in _HARMLESS_DEVICES or path.startswith("/dev/fd/"):
        return None
    if path.startswith(("/dev/tcp/", "/dev/udp/")):
        return deny("network-device", f"{path} is a connection to another machine.")
    if path.startswith("/dev/") and not is_within(path, SHARED):
        return deny("device", f"{path} is a device.")
    if _is_any(path, _HISTORY):
        return deny("history", f"{path} is the shell's history.")
    if _is_any(path, _STARTERS) or _is_any(path, _OF_OTHERS):
        return deny("startup", f"What is written to {path} is run or trusted later.")
    if is_secret(path):
        return deny("secret", f"{path} holds keys or passwords.")
    if is_within(path, SYSTEM) and not is_within(path, SHARED):
        return deny("system-file", f"{path} belongs to the system.")
    if "/.git/" in f"/{path}":
        return ask("git-internals", f"{path} is part of the repository's own bookkeeping.")
    return None


def removing(path: str) -> Verdict | None:
    """What removing everything below this path is worth a word of."""
    bare = path.rstrip("*").rstrip("/") if path.endswith(("*", "/")) else path
    if (bare in ("", "/") and path.startswith("/")) or bare in ("~", "~root"):
        return deny("remove-everything", f"{path} is everything there is.")
    if bare in TOP or (posixpath.dirname(bare) in ("/home", "/Users")):
        return deny("remove-everything", f"{path} is much more than one project.")
    if bare.startswith("~") and bare.count("/") == 1 and "." in bare:
        return deny("remove-settings", f"{path} holds a person's settings.")
    if set(path) <= {"*", ".", "/"}:
        return ask("remove-folder", f"{path} is the whole working folder, or more.")
    if path.startswith(".."):
        return ask("remove-above", f"{path} lies above the working folder.")
    if posixpath.basename(bare) == ".git":
        return ask("remove-history", f"{path} is the history of a repository.")
    return writing(bare)


def _is_any(path: str, patterns: tuple[str, ...]) -> bool:
    return _compiled(patterns)(path) is not None or (
        path[:1] not in "/~" and _compiled(patterns)("/" + path) is not None
    )


@lru_cache(maxsize=32)
def _compiled(patterns: tuple[str, ...]) -> Callable[[str], object]:
    return re.compile("|".join(translate(pattern) for pattern in patterns)).match


def _means(pattern: str) -> bool:
    """Whether a pattern with wildcards, which never cross a slash, can mean one of the best known secrets."""
    if _GLOB.isdisjoint(pattern):
        return False
    parts = pattern.split("/")
    return any(len(parts) == len(known) and all(map(fnmatchcase, known, parts)) for known in map(_split, _WELL_KNOWN))


def _split(path: str) -> list[str]:
    return path.split("/")
