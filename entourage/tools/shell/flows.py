"""What flows between commands: pipes, redirections, and functions that call themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entourage.tools.shell.inline import reads_program
from entourage.tools.shell.paths import is_private, is_secret, is_within, normal, reading, writing
from entourage.tools.shell.scene import Scene
from entourage.tools.shell.verdict import Verdict, ask, deny
from entourage.tools.shell.words import Reader, Word, text_of
from entourage.tools.shell.wrappers import DECODERS, NETWORK, SHELLS, base, reads_script

if TYPE_CHECKING:
    from tree_sitter import Node

_INTERPRETERS = frozenset(
    {"python", "python3", "python2", "perl", "ruby", "node", "php", "lua", "deno", "bun", "osascript"}
)
_TELLING = frozenset({"env", "printenv", "set", "export", "history"})


def pipeline(commands: list[list[Word]]) -> list[list[Word] | Verdict]:
    """What is to be said of commands joined by pipes, and what they run together."""
    found: list[list[Word] | Verdict] = []
    for position, words in enumerate(commands[1:], 1):
        if words:
            found += _fed(words, commands[:position])
    return found


def _fed(words: list[Word], before: list[list[Word]]) -> list[list[Word] | Verdict]:
    name = base(words[0].text)
    sources = [base(command[0].text) for command in before if command]
    if reads_script(words) or reads_program([word.text for word in words]):
        if any(source in NETWORK for source in sources):
            return [deny("pipe-to-shell", f"{name} runs what comes from the network.")]
        if any(source in DECODERS for source in sources):
            return [deny("pipe-to-shell", f"{name} runs what was hidden by encoding it.")]
        script = _echoed(before[-1]) if name in SHELLS or reads_script(words) else None
        if script is not None:
            return [[Word(name), Word("-c"), script]]
        return [ask("pipe-to-shell", f"{name} runs what another command prints.")]
    if name in NETWORK and name != "wget":
        if any(source in _TELLING for source in sources) or any(_is_telling(word) for part in before for word in part):
            return [deny("exfiltration", f"Secrets would go out by {name}.")]
        return [ask("upload", f"What is piped into {name} leaves this machine.")]
    if name == "xargs" and before and (echoed := _echoed(before[-1])) is not None:
        return [[*words, *(Word(text) for text in echoed.text.split())]]
    return []


def _echoed(words: list[Word]) -> Word | None:
    """What `echo` prints, when it is known."""
    if not words or base(words[0].text) not in ("echo", "printf") or not all(word.is_known for word in words):
        return None
    return Word(" ".join(word.text for word in words[1:] if word.text not in ("-n", "-e", "%s")))


def _is_telling(word: Word) -> bool:
    path = normal(word.text)
    return is_secret(path) or is_private(path)


def targets(node: Node) -> list[Node]:
    """Where a redirection goes; the grammar adds arguments that stand after it."""
    return [child for child in node.named_children if child.type != "file_descriptor"]


def redirect(node: Node, reader: Reader, scene: Scene) -> Verdict | None:
    """What is to be said of `>`, `>>`, `<` and their kin."""
    found = targets(node)
    if not found:
        return None
    marks = {child.type for child in node.children if not child.is_named}
    word = reader.one(found[0])
    if marks & {">&", "<&"} and word.text.isdigit():
        return None
    if not word.is_known:
        return None if "<" in marks else ask("unknown-target", "Where it writes is not known beforehand.")
    path = normal(word.text, scene.cwd)
    if "<" in marks:
        return reading(path)
    return writing(path) or outside(path, scene, "write")


def outside(path: str, scene: Scene, verb: str) -> Verdict | None:
    """What is to be said of a path that may lie outside of where the script may work."""
    if not scene.roots or is_within(path, (*scene.roots, "/dev/null")) or not path.startswith(("/", "~", "..")):
        return None
    return deny("outside", f"{path} lies outside of {', '.join(scene.roots)}: nothing may {verb} it.")


def fork_bomb(name: str, node: Node) -> Verdict | None:
    """A function that starts itself more than once, or in the background."""
    calls = _calls_of(name, node, 0)
    if calls > 1 or (calls == 1 and "&" in text_of(node).replace("&&", "")):
        return deny("fork-bomb", f"{name} starts itself again and again.")
    return None


def _calls_of(name: str, node: Node, depth: int) -> int:
    if depth > 20:
        return 0
    if node.type == "command_name" and text_of(node) == name:
        return 1
    return sum(_calls_of(name, child, depth + 1) for child in node.named_children)
