"""Programs that print files, or what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from entourage.tools.shell.harmless.options import Check, Options, anything, matching
from entourage.tools.shell.place import Place

_LS = Options(
    "aAbBcCdfFgGhHiklLmnNopqQrRsStuUvxXZ1",
    "all almost-all author escape ignore-backups color? directory classify? file-type full-time no-group "
    "group-directories-first human-readable si inode kibibytes dereference numeric-uid-gid literal quote-name reverse "
    "recursive size format=T sort=T time=T time-style=T width=N w=N I=T ignore=T hide=T indicator-style=T zero T=N",
)
_HEAD = "bytes=N lines=N quiet silent verbose zero-terminated n=N c=N"
_SUM = Options("bt", "binary text tag zero")
_DIFF = Options(
    "uqsrNaiEbwBtTeycpdHvZ",
    "unified? context? brief report-identical-files side-by-side width=N W=N U=N C=N recursive new-file text "
    "ignore-case ignore-all-space ignore-space-change ignore-blank-lines strip-trailing-cr color? minimal "
    "suppress-common-lines left-column show-c-function x=T exclude=T I=T ignore-matching-lines=T label=T",
)


def _somewhere(args: Sequence[str], place: Place) -> str | None:
    """`cd` without a folder leads home, `cd -` to wherever one was before."""
    if len(args) != 1 or args[0] == "-":
        return "it has to name one folder."
    return place.problem(args[0]) if args[0][:1] != "-" else "it has no harmless options."


_LINES = re.compile(r"(?:\d+|\$)(?:,(?:\d+|\$))?p(?:;(?:\d+|\$)(?:,(?:\d+|\$))?p)*")


def _sed(args: Sequence[str], place: Place) -> str | None:
    """`sed -n 1,20p FILE`: printing lines by their numbers, and nothing else that sed can do."""
    if len(args) < 2 or args[0] != "-n" or not _LINES.fullmatch(args[1]):
        return "only -n with lines by their numbers is known to be harmless."
    if any(arg[:1] == "-" for arg in args[2:]):
        return "its options stand before the lines."
    return next((problem for path in args[2:] if (problem := place.problem(path))), None)


FILES: dict[str, Check] = {
    "ls": _LS,
    "dir": _LS,
    "cat": Options("AbeEnstTuv", "show-all number-nonblank show-ends number squeeze-blank show-tabs show-nonprinting"),
    "tac": Options("br", "before regex s=T separator=T"),
    "rev": Options(),
    "nl": Options("p", "b=T d=T f=T h=T i=N l=N n=T s=T v=N w=N"),
    "head": Options("qvz", _HEAD, numeric=True),
    "tail": Options("qvzfFr", _HEAD + " follow? retry sleep-interval=N s=N", numeric=True),
    "wc": Options("clmwL", "bytes chars lines words max-line-length total=T"),
    "stat": Options("Lft", "dereference file-system terse c=T format=T printf=T"),
    "file": Options("bihkLNrs0", "brief mime mime-type mime-encoding extension keep-going dereference raw"),
    "du": Options(
        "abchHkLmPsSx0",
        "all apparent-size bytes total human-readable max-depth=N d=N si summarize one-file-system exclude=T t=N "
        "threshold=N time? separate-dirs block-size=T B=T inodes",
    ),
    "df": Options(
        "ahHiklPT",
        "all human-readable si inodes local portability print-type total output? t=T type=T x=T B=T",
        operand=anything,
    ),
    "readlink": Options("femnqsvz", "canonicalize canonicalize-existing canonicalize-missing no-newline"),
    "realpath": Options("emLPqsz", "canonicalize-existing canonicalize-missing logical physical quiet strip"),
    "basename": Options("az", "multiple zero s=T suffix=T", operand=anything),
    "dirname": Options("z", "zero", operand=anything),
    "diff": _DIFF,
    "cmp": Options("bls", "print-bytes verbose silent quiet n=N bytes=N i=N", most=2),
    "comm": Options("123iz", "check-order nocheck-order total output-delimiter=T", most=2),
    "cut": Options("nsz", "b=T c=T d=T f=T bytes=T characters=T delimiter=T fields=T complement output-delimiter=T"),
    "paste": Options("sz", "d=T delimiters=T serial"),
    "fold": Options("bs", "w=N width=N"),
    "column": Options("tnxeJ", "c=N s=T o=T N=T table json separator=T output-separator=T"),
    "tr": Options("cCdst", "complement delete squeeze-repeats truncate-set1", operand=anything),
    "sort": Options(
        "bdfgiMhnRrVcCmsuz",
        "k=T key=T t=T field-separator=T reverse unique numeric-sort human-numeric-sort version-sort check? stable",
    ),
    "uniq": Options("cdDiuz", "count repeated unique ignore-case f=N s=N w=N", most=1),
    "sed": _sed,
    "tree": Options("adfipsughDCFlxnNSqQrtJX", "L=N I=T P=T dirsfirst noreport filelimit=N charset=T prune du"),
    **dict.fromkeys(("md5sum", "sha1sum", "sha256sum", "sha512sum", "b2sum", "cksum"), _SUM),
    "seq": Options("w", "f=T s=T", operand=matching(r"-?\d+(\.\d+)?")),
    "echo": Options("neE", operand=anything),
    "printf": Options(operand=anything),
    "cd": _somewhere,
}
