"""Commands made at random: mostly good ones with something odd in them, as attacks are."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

PROGRAMS = (
    *("ls", "cat", "git", "npm", "node", "python3", "grep", "head", "tail", "wc", "find", "sort", "uniq", "cut"),
    *("echo", "printf", "pwd", "cd", "uname", "df", "ps", "date", "stat", "systemctl", "tr", "diff", "true", "which"),
    *("rm", "sh", "bash", "env", "sudo", "xargs", "eval", "exec", "command", "time", "coproc", "!", "[", "test", "A=b"),
)
ARGUMENTS = {
    "git": (
        "status",
        "log --oneline -5",
        "diff --stat",
        "show HEAD:a",
        "log -n 3 --format='%h %s'",
        "branch -a",
        "-C .",
    ),
    "npm": ("ls --depth=0", "--version", "view react version", "outdated"),
    "node": ("--version", "--check a", "-v"),
    "python3": ("--version", "-V"),
    "find": (". -name '*.py'", ". -type f", "/srv/app -maxdepth 1 '(' -name a -o -name b.py ')'"),
    "date": ("+%F", "-u '+%F %T'"),
    "systemctl": ("status nginx --no-pager", "list-units --type=service"),
    "df": ("-h", "-h /"),
    "uname": ("-a", "-sr"),
    "ps": ("aux", "-ef"),
    "which": ("git ls",),
    "tr": ("a-z A-Z", "-d '\\n'"),
    "cd": ("/srv/app", "."),
    "pwd": ("", "-P"),
    "true": ("",),
    "cut": ("-d: -f1 a", "-c 1-3 a"),
    "head": ("-n 5 a", "-3 a"),
    "grep": ("-rn x .", "-e x a", "--include='*.py' -r y .", "x a"),
}
PLAIN = (
    *("a", "b.py", "/srv/app/a", "./a", "-l", "-la", "-n", "5", "--stat", "HEAD~1", "x=y", "a:b", "a,b", "@", "%h"),
    *("+5", "é", "日本", "''", '""', "'a b'", '"a b"', "'$x'", "'*'", "'~'", "'!'", '"(x)"', "a'b'", "a\"b\"'c'", "--"),
    *(
        "--color=never",
        "-",
        "1..3",
        "a^b",
        "_",
        "=",
        "a=",
        "==",
        "'\"'",
        '"\'"',
        "'#'",
        "';'",
        '"&& rm"',
        "~",
        "--x='a b'",
    ),
)
ODD = (
    *("$x", "${x}", "$(id)", "`id`", "*.py", "*", "[ab]", "?", "{a,b}", "{1..3}", "~/a", "~root", "a:~", "x=~", "=ls"),
    *(
        "\\a",
        "a\\ b",
        '"$x"',
        '"\\$"',
        '"`id`"',
        "!x",
        '"!x"',
        "#c",
        "a#b",
        "$'a'",
        "$'\\x2f'",
        '$"a"',
        "<(id)",
        ">(id)",
    ),
    *(">x", ">>x", "<a", "2>&1", "&>x", "<<E", "<<<a", "1>x", "'", '"', "`", "\\", "(a)", "{", "}", "$((1))", "+(a)"),
    *(
        "\t",
        "\n",
        "\r",
        "\x00",
        "\u202e",
        "\u200b",
        "\u00a0",
        "\u3000",
        "\ufeff",
        "\uff41",
        "a\u200d",
        "$",
        "$$",
        "$?",
        "[",
        "]",
    ),
)
JOINS = (" && ", " || ", " ; ", " | ", "; ", "|", "&&", ";", " & ", " |& ", "\n", ";;", " ;& ", "&", " &&& ", "||| ")

_operator = st.sampled_from(JOINS[:8]) | st.sampled_from(JOINS)
_plain = st.sampled_from(PLAIN) | st.text("abz019-_./=:,@%+^", min_size=1, max_size=6)


@st.composite
def _command(draw: st.DrawFn) -> str:
    program = draw(st.sampled_from(PROGRAMS[:28]) if draw(st.integers(0, 7)) else st.sampled_from(PROGRAMS))
    words = [program]
    if program in ARGUMENTS and draw(st.integers(0, 4)):
        words.append(draw(st.sampled_from(ARGUMENTS[program])))
    else:
        words += draw(st.lists(_plain, max_size=3))
    if not draw(st.integers(0, 5)):
        words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(ODD)))
    return " ".join(words)


@st.composite
def commands(draw: st.DrawFn) -> str:
    """A command line, sometimes with a character or two changed."""
    text = draw(_command())
    for _ in range(draw(st.sampled_from((0, 0, 0, 1, 1, 2)))):
        text += draw(_operator) + draw(_command())
    for _ in range(draw(st.sampled_from((0, 0, 0, 0, 0, 0, 1, 2)))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(ODD) | st.sampled_from(list("\"'$`\\;&|<>(){}[]*?~#!= \n"))) + text[at:]
    return text


def generate(count: int) -> list[str]:
    """That many different commands, the same ones every time."""
    made: dict[str, None] = {}
    for number in range(20):
        _collect(made, count, number)
        if len(made) >= count:
            break
    return list(made)[:count]


def _collect(made: dict[str, None], count: int, number: int) -> None:
    quiet = list(HealthCheck)

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=quiet)
    @given(commands())
    def collect(text: str) -> None:
        made[text] = None

    collect()
