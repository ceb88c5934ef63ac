"""git: subcommands that only read, with options that run nothing and write nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from entourage.tools.shell.harmless.options import Check, Options, first_of, verbs
from entourage.tools.shell.place import Place

_REVISION = re.compile(r"[\w./@^~:{}+-]+|:[/!(].*", re.DOTALL)


def _revision(text: str, place: Place) -> str | None:
    """A revision or a path; `REVISION:PATH` reads that path."""
    if text[:1] == "/" or "/../" in f"/{text}/":
        return place.problem(text)
    if problem := Place().problem(text.rpartition(":")[2]):
        return problem
    return None if _REVISION.fullmatch(text) or place.problem(text) is None else f"{text[:80]!r} is no revision."


_DIFF = (
    "stat? shortstat numstat dirstat? summary name-only name-status patch no-patch raw unified=N U=N color? no-color "
    "color-words? word-diff? minimal patience histogram cached staged merge-base no-ext-diff no-textconv check quiet "
    "exit-code diff-filter=T find-renames? find-copies? M? C? B? ignore-all-space ignore-space-change full-index "
    "binary ignore-blank-lines abbrev? no-renames function-context relative? text inter-hunk-context=N submodule? "
    "ours theirs base no-prefix compact-summary ignore-submodules? no-index pickaxe-all S=T G=T"
)
_LOG = (
    "oneline graph all n=N max-count=N skip=N since=T after=T until=T before=T author=T committer=T grep=T merges "
    "no-merges first-parent reverse decorate? no-decorate abbrev-commit no-abbrev-commit date=T relative-date "
    "branches? tags? remotes? follow topo-order date-order author-date-order left-right cherry-pick cherry-mark "
    "boundary simplify-by-decoration full-history ancestry-path invert-grep regexp-ignore-case extended-regexp "
    "fixed-strings perl-regexp no-walk parents children stdin L=T source no-notes walk-reflogs mailmap "
    "use-mailmap min-parents=N "
)
_FORMATS = ("format", "pretty")


class _Pretty:
    """Options of which a format is one; `%G...` in it would run gpg."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def __call__(self, args: Sequence[str], place: Place) -> str | None:
        if any("%G" in arg for arg in args):
            return "a format with %G runs a program that checks signatures."
        return self._options(args, place)


def _logs(letters: str, names: str = "") -> Check:
    texts = " ".join(f"{name}=T" for name in _FORMATS)
    options = Options(letters, f"{_LOG} {_DIFF} {texts} {names}", operand=_revision, numeric=True)
    return _Pretty(options)


_STATUS = Options(
    "sbvz",
    "u? short branch verbose long porcelain? untracked-files? ignored? show-stash ahead-behind",
    operand=_revision,
)
_BRANCH = Options(
    "arvl",
    "all remotes verbose list show-current contains=T no-contains=T merged? no-merged? sort=T format=T color? no-color",
    most=0,
)
_KNOWN: dict[str, Check] = {
    "status": _STATUS,
    "log": _logs("pcmrtzwbi"),
    "whatchanged": _logs("pcmrtz"),
    "show": _logs("pcmrtzswb"),
    "diff": Options("psuwbaRWzr", _DIFF, operand=_revision),
    "rev-parse": Options(
        "q",
        "short? verify abbrev-ref? show-toplevel show-prefix show-cdup git-dir git-common-dir is-inside-work-tree "
        "is-bare-repository is-inside-git-dir symbolic symbolic-full-name all branches? tags? remotes? "
        "absolute-git-dir",
        operand=_revision,
    ),
    "rev-list": _logs("z", "count objects"),
    "ls-files": Options(
        "cdmosuktvz",
        "cached deleted modified others ignored stage unmerged exclude-standard full-name error-unmatch x=T exclude=T",
        operand=_revision,
    ),
    "ls-tree": Options(
        "drtlz", "name-only name-status long full-name full-tree abbrev? object-only", operand=_revision
    ),
    "cat-file": Options("tseps", operand=_revision),
    "describe": Options("", "all tags contains long always dirty? abbrev=N match=T exact-match", operand=_revision),
    "blame": Options("bcelnpstfw", "L=T M? C? porcelain line-porcelain since=T date=T abbrev=N", operand=_revision),
    "shortlog": Options("nse", "numbered summary email since=T until=T no-merges all", operand=_revision),
    "merge-base": Options("a", "all is-ancestor octopus fork-point independent", operand=_revision),
    "name-rev": Options("", "tags name-only always", operand=_revision),
    "count-objects": Options("vH", "verbose human-readable", most=0),
    "check-ignore": Options("qvnz", "quiet verbose non-matching", operand=_revision),
    "grep": Options(
        "iInlLcvwEFGPhHWpqzo",
        "e=T A=N B=N C=N m=N max-count=N line-number ignore-case word-regexp count name-only files-with-matches "
        "extended-regexp fixed-strings perl-regexp cached untracked heading break show-function color? no-color and or "
        "not all-match max-depth=N",
        operand=_revision,
        texts=1,
        instead="e",
    ),
    "branch": _Pretty(_BRANCH),
    "tag": _Pretty(Options("l", "list sort=T format=T contains=T merged? no-color n?", most=0)),
    "remote": Options("v", "verbose", most=0),
    "stash": verbs({"list": Options(most=0)}),
    "worktree": verbs({"list": Options("vz", "porcelain verbose", most=0)}),
    "reflog": first_of(verbs({"show": _logs("z")}), Options("", "n=N", most=0, numeric=True)),
    "version": Options(most=0),
    "--version": Options(most=0),
}
_GLOBAL_FLAGS = frozenset({"--no-pager", "-P", "--no-optional-locks", "--literal-pathspecs"})
_verb = verbs(_KNOWN)


def _git(args: Sequence[str], place: Place) -> str | None:
    """Options before the subcommand that merely point somewhere; none that sets or runs anything."""
    position = 0
    while position < len(args) and args[position][:1] == "-" and args[position] != "--version":
        if args[position] == "-C" and position + 1 < len(args):
            if problem := place.problem(args[position + 1]):
                return problem
            position += 2
        elif args[position] in _GLOBAL_FLAGS:
            position += 1
        else:
            return f"the option {args[position][:80]!r} is not on its list."
    return _verb(args[position:], place)


GIT: dict[str, Check] = {"git": _git}
