"""Variables that change what runs, and those that hide what ran."""

from __future__ import annotations

from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Word

_LOADERS = frozenset(
    {
        *("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH"),
        *("BASH_ENV", "ENV", "PROMPT_COMMAND", "PS4", "SHELLOPTS", "BASHOPTS", "IFS", "GLOBIGNORE"),
        *("PYTHONSTARTUP", "PYTHONINSPECT", "PERL5OPT", "PERL5LIB", "RUBYOPT", "RUBYLIB", "NODE_OPTIONS"),
        *("GIT_SSH", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR", "GIT_ASKPASS", "GIT_EXEC_PATH"),
        *("GIT_PROXY_COMMAND", "GIT_SEQUENCE_EDITOR", "GIT_CONFIG_COUNT", "GIT_CONFIG", "GIT_CONFIG_GLOBAL"),
        *("PAGER", "EDITOR", "VISUAL", "LESSOPEN", "LESSCLOSE", "MANPAGER", "BROWSER", "JAVA_TOOL_OPTIONS"),
    }
)
_HISTORY = frozenset({"HISTFILE", "HISTSIZE", "HISTFILESIZE", "HISTCONTROL", "HISTIGNORE"})
_HARMLESS_VALUES = frozenset({"", "cat", "true", ":"})
_TRUST = frozenset({"NODE_TLS_REJECT_UNAUTHORIZED", "GIT_SSL_NO_VERIFY", "PYTHONHTTPSVERIFY"})


def assignment(name: str, value: Word) -> Verdict | None:
    """What setting this variable is worth a word of."""
    if name.startswith("BASH_FUNC_"):
        return deny("environment", f"{name} changes what other commands do.")
    if name in _LOADERS and not (value.is_known and value.text in _HARMLESS_VALUES):
        return deny("environment", f"{name} makes other programs run something else.")
    if name in _HISTORY:
        return deny("history", f"{name} hides what was run.")
    if name == "PATH" and not (value.text.startswith(("/usr", "/bin")) or not value.is_known):
        return ask("environment", "PATH decides which programs are found.")
    if name in _TRUST:
        return ask("environment", f"{name} turns off the checking of certificates.")
    return None
