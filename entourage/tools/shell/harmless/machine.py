"""Programs that tell of the machine, its processes and its services."""

from __future__ import annotations

from collections.abc import Sequence

from entourage.tools.shell.harmless.options import Check, Options, anything, first_of, matching, verbs
from entourage.tools.shell.place import Place

_NAME = matching(r"[\w.@][\w.@:-]*")
_INTERFACE = matching(r"show|list|ls|dev|(?:eth|en|wl|lo|br|docker|veth|tun|wg)[\w.-]*")
_NOTHING = Options(most=0)
_UNIT = matching(r"[\w@.:][\w@.:-]*")
_UNITS = Options(
    "alqr",
    "no-pager all full quiet plain no-legend n=N lines=N t=T type=T state=T o=T output=T user failed",
    operand=_UNIT,
)
_JOURNAL = Options(
    "abekqrxfm",
    "no-pager u=T unit=T user-unit=T n=N lines=N p=T priority=T since=T until=T S=T U=T boot? dmesg reverse catalog "
    "o=T output=T g=T grep=T t=T identifier=T quiet utc no-hostname all follow no-full",
    operand=matching(r"_\w+=[\w@./:-]+"),
)
_DOCKER = Options(
    "aqnls", "all quiet no-trunc last=N latest size f=T filter=T format=T digests", operand=matching(r"[\w.:/-]+")
)


def _processes(args: Sequence[str], _place: Place) -> str | None:
    """`ps`; but not with the environment of processes, which holds secrets (`ps e`, `-o environ`)."""
    for arg in args:
        text = arg.removeprefix("-")
        is_letters = text.isalpha() and ("E" not in text if arg[:1] == "-" else "e" not in text)
        is_known = arg in ("--forest", "--no-headers") or arg.startswith(("--sort=", "--width="))
        if not (is_letters or is_known or _PS_VALUE(arg, _place) is None) or "env" in arg:
            return f"{arg[:80]!r} is not on its list."
    return None


def _top(args: Sequence[str], place: Place) -> str | None:
    """Only what ends by itself: a batch."""
    return _TOP(args, place) if args and args[0][:2] == "-b" else "only -b ends by itself."


_TOP = Options("bcHiS1", "n=N d=N o=T p=N u=T w=N", most=0)
_PS_VALUE = matching(r"-?[a-z%][a-z%_]*(?:=\w*)?(?:,[a-z%][a-z%_]*(?:=\w*)?)+|[1-9]\d*(?:,\d+)*|-p[1-9]\d*")


_DATE = Options(
    "uR",
    "utc universal rfc-email rfc-3339=T iso-8601? I? d=T date=T r=P reference=P",
    operand=matching(r"\+.*"),
    most=1,
)
"""What the time is; an operand that is no format would set it."""

MACHINE: dict[str, Check] = {
    "pwd": Options("LP", most=0),
    **dict.fromkeys(("whoami", "arch", "tty", "true", "false"), _NOTHING),
    **dict.fromkeys(("id", "groups"), Options("agGnruzZ", "group groups name real user zero", operand=_NAME)),
    "uname": Options("asnrvmpio", "all kernel-name nodename kernel-release kernel-version machine", most=0),
    "uptime": Options("ps", "pretty since", most=0),
    "hostname": Options("aAdfiIsy", "all-fqdns all-ip-addresses domain fqdn long ip-address short", most=0),
    "nproc": Options("", "all ignore=N", most=0),
    "lscpu": Options("aejJpxy", "all json extended? parse?", most=0),
    "lsblk": Options("abdfiJlmnOpPrStTz", "all bytes nodeps fs json list output=T o=T", operand=matching(r"/dev/\w+")),
    "free": Options("bkmghtlwv", "bytes kibi mebi gibi human total wide si kilo mega giga", most=0),
    "who": Options("abdHlmpqrstTu", most=0),
    "w": Options("hsfiou", operand=_NAME, most=1),
    "last": Options("adFiRwx", "n=N", operand=_NAME, numeric=True),
    "locale": Options("am", operand=_NAME),
    "getconf": Options("a", operand=_NAME),
    "sleep": Options(operand=matching(r"\d{1,3}(\.\d+)?[s]?"), most=1),
    "date": _DATE,
    "cal": Options("13jmwy", operand=matching(r"\d{1,4}")),
    "which": Options("a", operand=_NAME),
    "type": Options("aptfP", operand=_NAME),
    "ps": _processes,
    "top": _top,
    "ip": verbs(
        dict.fromkeys(("addr", "address", "a", "route", "r", "link", "l"), Options(operand=_INTERFACE)),
        before="-br -brief -4 -6 -s -o -c",
    ),
    "vmstat": Options("adfsSnwt", operand=matching(r"[1-9]\d{0,2}"), most=2),
    "ss": Options("tuwxlnapsemior460HO", "tcp udp listening numeric all processes summary extended", most=0),
    "netstat": Options("tuwxlnapseiorgcW46", "tcp udp listening numeric all programs statistics route", most=0),
    "systemctl": first_of(
        Options("", "version no-pager", most=0),
        verbs(
            dict.fromkeys(
                ("status", "is-active", "is-enabled", "is-failed", "list-units", "list-unit-files", "list-timers"),
                _UNITS,
            ),
            before="--no-pager",
        ),
    ),
    "journalctl": _JOURNAL,
    "docker": verbs(
        {
            **dict.fromkeys(("ps", "images", "version", "info"), _DOCKER),
            "container": verbs(dict.fromkeys(("ls", "list", "ps"), _DOCKER)),
            "image": verbs(dict.fromkeys(("ls", "list"), _DOCKER)),
            "--version": _NOTHING,
        }
    ),
    "expr": Options(operand=anything),
}
