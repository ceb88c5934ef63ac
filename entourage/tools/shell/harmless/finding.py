"""Programs that look for files and for lines in them."""

from __future__ import annotations

from collections.abc import Sequence

from entourage.tools.shell.harmless.options import Check, Options
from entourage.tools.shell.place import Place

_GREP = Options(
    "EFGPivwxcLlqsbHhnTZaIrRUzoy",
    "e=T regexp=T f=P file=P m=N max-count=N A=N B=N C=N after-context=N before-context=N context=N include=T "
    "exclude=T exclude-dir=T exclude-from=P color? colour? extended-regexp fixed-strings perl-regexp ignore-case "
    "no-ignore-case invert-match word-regexp line-regexp count files-with-matches files-without-match only-matching "
    "quiet silent no-messages byte-offset with-filename no-filename line-number null text recursive "
    "dereference-recursive null-data binary-files=T line-buffered label=T d=T D=T",
    texts=1,
    instead="e regexp f file",
    numeric=True,
)
_RG = Options(
    "ailLnNoqsSvwxcFUPpHIu.",
    "e=T regexp=T f=P file=P g=T glob=T iglob=T t=T type=T T=T type-not=T A=N B=N C=N m=N max-count=N max-depth=N "
    "hidden no-ignore files files-with-matches files-without-match count count-matches line-number no-line-number "
    "ignore-case smart-case fixed-strings word-regexp only-matching invert-match color=T heading no-heading json stats "
    "multiline pcre2 sort=T sortr=T follow no-messages no-config trim vimgrep with-filename no-filename",
    texts=1,
    instead="e regexp f file files",
)

_TESTS: dict[str, int] = {
    **dict.fromkeys(("-not", "!", "-a", "-and", "-o", "-or", "(", ")", ","), 0),
    **dict.fromkeys(("-empty", "-print", "-print0", "-ls", "-prune", "-quit", "-daystart", "-depth", "-mount"), 0),
    **dict.fromkeys(("-xdev", "-true", "-false", "-nouser", "-nogroup", "-readable", "-writable", "-executable"), 0),
    **dict.fromkeys(("-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-lname", "-ilname"), 1),
    **dict.fromkeys(("-type", "-xtype", "-size", "-mtime", "-atime", "-ctime", "-mmin", "-amin", "-cmin", "-perm"), 1),
    **dict.fromkeys(("-maxdepth", "-mindepth", "-user", "-group", "-uid", "-gid", "-links", "-inum", "-fstype"), 1),
    **dict.fromkeys(("-printf", "-regextype", "-newermt", "-newerct", "-newerat"), 1),
}
_TESTS_OF_PATHS = frozenset({"-newer", "-anewer", "-cnewer", "-samefile"})
_LINKS = frozenset({"-H", "-L", "-P"})


def _find(args: Sequence[str], place: Place) -> str | None:
    """Folders first, then tests; nothing that executes, deletes or writes."""
    position = 0
    while position < len(args) and (args[position] in _LINKS or args[position][:1] not in ("-", "(", "!", ",")):
        if args[position] not in _LINKS and (problem := place.problem(args[position])):
            return problem
        position += 1
    while position < len(args):
        test = args[position]
        is_of_path = test in _TESTS_OF_PATHS
        if test not in _TESTS and not is_of_path:
            return f"{test[:80]} is not on its list."
        values = 1 if is_of_path else _TESTS[test]
        if position + values > len(args) - 1:
            return f"{test} lacks its value."
        if is_of_path and (problem := place.problem(args[position + 1])):
            return problem
        position += 1 + values
    return None


_JQ = Options(
    "rcMCSejsna", "raw-output compact-output sort-keys slurp null-input join-output tab indent=N exit-status", texts=1
)
_JQ_BEYOND = ("env", "ENV", "import", "include", "input_filename", "debug")


def _jq(args: Sequence[str], place: Place) -> str | None:
    """Filters that see nothing but their input: neither the environment nor modules."""
    if word := next((word for word in _JQ_BEYOND for arg in args if word in arg), None):
        return f"{word} may reach beyond its input."
    return _JQ(args, place)


FINDING: dict[str, Check] = {
    "jq": _jq,
    "find": _find,
    **dict.fromkeys(("grep", "egrep", "fgrep"), _GREP),
    "rg": _RG,
}
