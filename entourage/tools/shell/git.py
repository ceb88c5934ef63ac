"""git: settings and options that run programs, and what cannot be taken back."""

from __future__ import annotations

from entourage.tools.shell.arguments import has_flag, operands, starts
from entourage.tools.shell.scene import Rule, Scene
from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Word

_RUNNING_KEYS = (
    *(
        "pager",
        "editor",
        "sshcommand",
        "askpass",
        "fsmonitor",
        "hookspath",
        "gitproxy",
        "external",
        "textconv",
        "driver",
    ),
    *("cmd", "clean", "smudge", "process", "helper", "program", "command", "templatedir", "uploadpack", "receivepack"),
)
_RUNNING_OPTIONS = (
    *("--ext-diff", "--textconv", "--upload-pack", "--receive-pack", "--exec", "--open-files-in-pager", "--extcmd"),
    *("--tool-help", "--to-cmd", "--cc-cmd", "--sendmail-cmd", "--template"),
)
_VALUED = ("-C", "--git-dir", "--work-tree", "--namespace", "--super-prefix")
_MAIN = ("main", "master", "trunk", "release", "production")


def git(words: list[Word], scene: Scene) -> Verdict | None:
    """The gravest of what its settings, its options and its subcommand do."""
    verb_at = _settings(words, scene)
    if verb_at is None:
        return None
    verb, rest = words[verb_at].text, words[verb_at:]
    if option := starts(rest, _RUNNING_OPTIONS):
        return deny("git-runs", f"git {verb} {option.partition('=')[0]} runs another program.")
    if any(word.text.startswith("ext::") for word in rest):
        return deny("git-runs", "An ext:: address runs a program.")
    if target := starts(rest, ("--output=",)):
        from entourage.tools.shell.paths import writing

        scene.say(writing(scene.path(target.partition("=")[2])) or ask("git-writes", "git writes a file."))
    check = _VERBS.get(verb)
    return check(rest, scene) if check else None


def _settings(words: list[Word], scene: Scene) -> int | None:
    """Judge what stands before the subcommand; where that stands."""
    position = 1
    while position < len(words):
        text = words[position].text
        if text in ("-c", "--config-env") and position + 1 < len(words):
            _setting(words[position + 1], scene)
            position += 2
        elif text.startswith(("--exec-path=", "--config-env=")):
            scene.say(deny("git-runs", f"git {text.partition('=')[0]} decides what git runs."))
            position += 1
        elif text in _VALUED:
            position += 2
        elif text.startswith("-"):
            position += 1
        else:
            return position
    return None


def _setting(word: Word, scene: Scene) -> None:
    key, _, value = word.text.partition("=")
    last = key.lower().rpartition(".")[2]
    if key.lower().startswith("alias.") or last in _RUNNING_KEYS or "insteadof" in last:
        scene.say(deny("git-runs", f"git -c {key} runs another program."))
        scene.script(Word(value.removeprefix("!"), word.is_known))


def _config(words: list[Word], _scene: Scene) -> Verdict | None:
    given = operands(words, "f")
    if len(given) < 2:
        return None
    key = given[0].text.lower()
    last = key.rpartition(".")[2]
    if key.startswith("alias.") or last in _RUNNING_KEYS or last == "path":
        return deny("git-runs", f"git config {given[0].text} makes git run another program later.")
    return ask("git-config", "It changes settings that outlive this task.") if has_flag(words, "", "global") else None


def _push(words: list[Word], _scene: Scene) -> Verdict | None:
    refs = [word.text for word in operands(words, "o")]
    forced = has_flag(words, "f", "force", "force-with-lease", "mirror") or any(ref.startswith("+") for ref in refs)
    names = {ref.rpartition(":")[2].removeprefix("+").removeprefix("refs/heads/") for ref in refs[1:]}
    if has_flag(words, "", "mirror") or (forced and names & set(_MAIN)):
        return deny("git-force", "It would overwrite the history others work from.")
    if forced:
        return ask("git-force", "It would overwrite history.")
    if has_flag(words, "d", "delete", "prune") or any(ref.startswith(":") for ref in refs[1:]):
        return ask("git-delete", "It removes branches from the remote.")
    return None


def _losing(why: str, short: str, *long: str) -> Rule:
    def rule(words: list[Word], _scene: Scene) -> Verdict | None:
        return ask("git-loss", why) if has_flag(words, short, *long) else None

    return rule


def _running(words: list[Word], scene: Scene) -> Verdict | None:
    """bisect run, rebase -x, submodule foreach: the rest is a command."""
    texts = [word.text for word in words]
    for mark in ("run", "foreach", "-x", "--exec", "--tree-filter", "--msg-filter", "--env-filter", "--index-filter"):
        if mark in texts[1:]:
            rest = words[texts.index(mark) + 1 :]
            scene.script(Word(" ".join(word.text for word in rest), all(word.is_known for word in rest)))
            return ask("git-runs", f"git {texts[0]} {mark} runs commands.")
    return None


def _always(why: str) -> Rule:
    def rule(_words: list[Word], _scene: Scene) -> Verdict | None:
        return ask("git-loss", why)

    return rule


_VERBS: dict[str, Rule] = {
    "config": _config,
    "push": _push,
    "reset": _losing("It throws away changes.", "", "hard", "merge"),
    "clean": _losing("It removes files nobody has a copy of.", "fdxX", "force"),
    "checkout": _losing("It throws away changes.", "f", "force"),
    "branch": _losing("It removes branches.", "D", "delete"),
    "grep": _losing("It runs a pager.", "O"),
    "rebase": _running,
    "bisect": _running,
    "submodule": _running,
    "filter-branch": _always("It rewrites all history."),
    "filter-repo": _always("It rewrites all history."),
    "reflog": _losing("It removes the way back.", "", "expire", "all"),
    "gc": _losing("It removes the way back.", "", "prune"),
    "update-ref": _always("It moves branches by hand."),
    "daemon": _always("It lets others reach this machine."),
    "difftool": _always("It runs another program."),
    "mergetool": _always("It runs another program."),
}
