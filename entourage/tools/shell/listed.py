"""Commands that only read, in scripts of any kind: what is known to be harmless, and the shell's own words."""

from __future__ import annotations

from entourage.tools.shell.harmless import READING, why_not
from entourage.tools.shell.place import Place
from entourage.tools.shell.scene import Scene
from entourage.tools.shell.words import Word

_SCRIPTS_OWN = frozenset(
    {":", "exit", "return", "break", "continue", "shift", "wait", "local", "test", "[", "cd", "less", "more", "tput"}
)


def is_listed(name: str, args: list[Word], scene: Scene) -> bool:
    """Whether this command only reads, where everything about it is known."""
    if not (name in READING or name in _SCRIPTS_OWN) or not all(word.is_known for word in args):
        return False
    texts = [word.text for word in args]
    place = Place(scene.roots, scene.cwd or (scene.roots[0] if scene.roots else ""))
    if name in _SCRIPTS_OWN:
        return not any(text[:1] in ("/", "~", ".") and place.problem(text) for text in texts)
    return why_not([name, *texts], place) is None
