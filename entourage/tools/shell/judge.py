"""Judging a script: every command in it, wherever it hides; the gravest verdict counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from entourage.tools.shell import wrappers
from entourage.tools.shell.environment import assignment
from entourage.tools.shell.flows import fork_bomb, pipeline, redirect, targets
from entourage.tools.shell.grammar import hidden_in, parsed
from entourage.tools.shell.inline import judge_code, reads_program
from entourage.tools.shell.paths import normal
from entourage.tools.shell.programs import judge_program
from entourage.tools.shell.verdict import HARMLESS, Verdict, ask, deny, graver, unlisted
from entourage.tools.shell.words import Reader, Variables, Word, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_CHARACTERS = 65_536
MAX_DEPTH = 60
MAX_SCRIPTS = 12
"""How many scripts inside scripts (`sh -c`, `eval`) are followed."""

MAX_NODES = 3_000
MAX_WORDS = 10_000
MAX_PIPE = 40
MAX_ERROR_WORDS = 50

_QUICK_VARIABLES = frozenset({"export", "declare", "local", "readonly", "typeset"})


class Judging(msgspec.Struct):
    """One judgement as it goes on. `roots` are the only folders paths may lie in; empty for anywhere."""

    cwd: str = ""
    roots: tuple[str, ...] = ()
    variables: Variables = msgspec.field(default_factory=dict[str, Word])
    functions: set[str] = msgspec.field(default_factory=set[str])
    verdict: Verdict | None = None
    depth: int = 0
    scripts: int = 0
    words: int = 0

    def say(self, verdict: Verdict | None) -> None:
        """Take a verdict into account."""
        if verdict is not None:
            self.verdict = verdict if self.verdict is None else graver(self.verdict, verdict)

    def path(self, text: str) -> str:
        """A path of the script, made normal."""
        return normal(text, self.cwd)

    def move(self, folder: str) -> None:
        """From here on relative paths lie in `folder`, as far as that can be known."""
        if folder.startswith(("/", "~")) or self.cwd:
            self.cwd = normal(folder, self.cwd)

    def script(self, word: Word) -> None:
        """Judge what is run as a script."""
        if not word.is_known:
            self.say(ask("unknown-script", "A script is run whose text is not known beforehand."))
        elif self.scripts >= MAX_SCRIPTS:
            self.say(ask("nested", "Scripts run scripts run scripts."))
        else:
            self.scripts += 1
            judge_script(word.text, self)
            self.scripts -= 1

    def argv(self, words: list[Word]) -> None:
        """Judge one command, unwrapped."""
        if words:
            _judge_argv(words, self)


def judge_script(text: str, judging: Judging) -> None:
    """Judge a whole script into `judging`."""
    if len(text) > MAX_CHARACTERS:
        judging.say(ask("too-long", f"It is longer than {MAX_CHARACTERS} characters."))
        return
    hidden = hidden_in(text)
    judging.say(hidden)
    if hidden and hidden.behavior == "deny":
        return
    root = parsed(text)
    if root is None or root.descendant_count > MAX_NODES:
        judging.say(ask("too-much", "There is too much of it to judge."))
        return
    if root.has_error:
        judging.say(ask("unparsed", "It could not be read as a whole."))
    _walk(root, judging)


def _walk(node: Node, judging: Judging) -> None:
    if judging.depth > MAX_DEPTH:
        judging.say(ask("nested", "It is nested too deeply."))
        return
    judging.depth += 1
    handle = _HANDLERS.get(node.type)
    if handle:
        handle(node, judging)
    for child in node.named_children:
        if child.named_child_count or child.type in _HANDLERS:
            _walk(child, judging)
    judging.depth -= 1


def _command(node: Node, judging: Judging) -> None:
    judging.argv(words_of(node, judging))


def words_of(node: Node, judging: Judging) -> list[Word]:
    """The words of a `command` node; assignments before it are judged on the way."""
    judging.words += node.named_child_count
    if judging.words > MAX_WORDS:
        judging.say(ask("too-much", "There is too much of it to judge."))
        return []
    reader = Reader(judging.variables, lambda substitution: _constant(substitution, judging))
    words: list[Word] = []
    for child in node.named_children:
        if child.type == "variable_assignment":
            judging.say(_assigned(child, judging, reader, is_for_command=True))
        elif not child.type.endswith("redirect"):
            words += reader.words(child)
    return words + [word for extra in _after_redirects(node) for word in reader.words(extra)]


def _after_redirects(node: Node) -> list[Node]:
    """Arguments that stand after a redirection; the grammar takes them for more targets of it."""
    above = node.parent
    if above is None or above.type != "redirected_statement":
        return []
    redirects = [child for child in above.named_children if child.type == "file_redirect"]
    return [target for child in redirects for target in targets(child)[1:]]


def _judge_argv(words: list[Word], judging: Judging) -> None:
    name = words[0]
    if name.is_pattern or (not name.is_known and name.has_command):
        judging.say(deny("hidden-name", "What is run is not written out."))
    elif not name.is_known:
        judging.say(ask("unknown-name", "What is run depends on a variable."))
        if name.text:
            judging.argv([Word(name.text), *words[1:]])
    elif name.text in judging.functions:
        judging.say(HARMLESS)
    elif name.text in ("cd", "pushd") and len(words) > 1 and words[1].is_known:
        judging.move(words[1].text)
        judging.say(judge_program(words, judging))
    elif inner := wrappers.unwrap(words):
        for found in inner:
            if isinstance(found, Verdict):
                judging.say(found)
            elif isinstance(found, Word):
                judging.script(found)
            else:
                judging.argv(found)
    else:
        judging.say(judge_program(words, judging))


def _constant(node: Node, judging: Judging) -> str | None:
    """What a substitution prints, for `echo` and `printf` of known words."""
    commands = node.named_children
    if len(commands) != 1 or commands[0].type != "command":
        return None
    reader = Reader(judging.variables, lambda _inner: None)
    words = [word for child in commands[0].named_children for word in reader.words(child)]
    if not words or not all(word.is_known for word in words) or words[0].text not in ("echo", "printf"):
        return None
    return " ".join(word.text for word in words[1:] if word.text not in ("-n", "-e", "-en", "%s", "%b"))


def _assigned(node: Node, judging: Judging, reader: Reader, *, is_for_command: bool) -> Verdict | None:
    name, value = node.named_children[0], node.named_children[-1]
    word = reader.one(value) if len(node.named_children) > 1 else Word("")
    if not is_for_command:
        judging.variables[text_of(name)] = word
    return assignment(text_of(name), word)


def _assignment(node: Node, judging: Judging) -> None:
    parent = node.parent
    if parent is None or parent.type != "command":
        reader = Reader(judging.variables, lambda inner: _constant(inner, judging))
        judging.say(_assigned(node, judging, reader, is_for_command=False) or HARMLESS)


def _declaration(node: Node, judging: Judging) -> None:
    if node.child_count and text_of(node.children[0]) not in _QUICK_VARIABLES:
        judging.say(unlisted("This declaration"))
    judging.say(HARMLESS)


def _function(node: Node, judging: Judging) -> None:
    name = text_of(node.named_children[0])
    judging.functions.add(name)
    judging.say(fork_bomb(name, node) or HARMLESS)


def _pipeline(node: Node, judging: Judging) -> None:
    parts = node.named_children
    if len(parts) > MAX_PIPE:
        judging.say(ask("too-much", "There are too many commands in one pipe."))
        return
    commands = [words_of(child, judging) if child.type == "command" else [] for child in parts]
    for found in pipeline(commands):
        if isinstance(found, Verdict):
            judging.say(found)
        else:
            judging.argv(found)


def _redirect(node: Node, judging: Judging) -> None:
    reader = Reader(judging.variables, lambda inner: _constant(inner, judging))
    judging.say(redirect(node, reader, judging))


def _herestring(node: Node, judging: Judging) -> None:
    """`sh <<< text` and `sh <<EOF`: text becomes a script where a shell reads it."""
    above = node.parent
    body = above.named_children[0] if above and above.type == "redirected_statement" else above
    later = [child for child in node.named_children if child.type in ("pipeline", "command")]
    readers = [found for part in (body, *later) if part for found in _commands_of(part) if found.type == "command"]
    kinds = [_kind_of(words_of(reader, judging)) for reader in readers]
    texts = _texts_into(node, judging)
    for kind in filter(None, kinds):
        for text in texts:
            if kind == "shell":
                judging.script(text)
            elif text.is_known:
                judging.say(judge_code(kind, text.text, judging))


def _commands_of(body: Node) -> list[Node]:
    """The commands that get what is redirected into `body`, and those they pipe it to."""
    return body.named_children if body.type == "pipeline" else [body]


def _kind_of(words: list[Word]) -> str | None:
    """ "shell", or the interpreter, that reads its program from standard input."""
    if words and wrappers.reads_script(words):
        return "shell"
    return reads_program([word.text for word in words]) if words else None


def _texts_into(node: Node, judging: Judging) -> list[Word]:
    reader = Reader(judging.variables, lambda inner: _constant(inner, judging))
    texts: list[Word] = []
    for child in node.named_children:
        if child.type == "heredoc_body":
            texts.append(Word(text_of(child)))
        elif child.type not in ("heredoc_start", "heredoc_end", "pipeline", "command"):
            texts.append(reader.one(child))
    return texts


def _test(_node: Node, judging: Judging) -> None:
    judging.say(HARMLESS)


def _loop(node: Node, judging: Judging) -> None:
    """`for NAME in WORDS`: the name stands for all of them at once."""
    reader = Reader(judging.variables, lambda inner: _constant(inner, judging))
    name, *values = [child for child in node.named_children if child.type not in ("do_group", "comment")]
    words = [word for value in values for word in reader.words(value)]
    if words and all(word.is_known for word in words):
        judging.variables[text_of(name)] = Word(" ".join(word.text for word in words))


def _unset(node: Node, judging: Judging) -> None:
    names = [Word(text_of(child)) for child in node.named_children]
    judging.say(judge_program([Word("unset"), *names], judging) if names else HARMLESS)


def _error(node: Node, judging: Judging) -> None:
    """What could not be read: its words are taken for a command, in case they are one."""
    reader = Reader(judging.variables, lambda inner: _constant(inner, judging))
    judging.argv(reader.adjacent(node.children[:MAX_ERROR_WORDS]))


_HANDLERS: dict[str, Callable[[Node, Judging], None]] = {
    "command": _command,
    "variable_assignment": _assignment,
    "declaration_command": _declaration,
    "function_definition": _function,
    "pipeline": _pipeline,
    "file_redirect": _redirect,
    "heredoc_redirect": _herestring,
    "herestring_redirect": _herestring,
    "ERROR": _error,
    "for_statement": _loop,
    "test_command": _test,
    "unset_command": _unset,
}
