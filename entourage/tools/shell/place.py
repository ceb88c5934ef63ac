"""Where commands work: the folders their paths may lie in."""

from __future__ import annotations

import os

import msgspec

from entourage.tools.shell.paths import is_within, normal, reading, writing


class Place(msgspec.Struct, frozen=True):
    """`roots` are the only folders paths may lie in (none: anywhere), `cwd` is where relative ones start.

    `is_local`: the paths are this machine's, so links in them are followed before they are judged.
    """

    roots: tuple[str, ...] = ()
    cwd: str = ""
    is_local: bool = False

    @classmethod
    def of_root(cls, root: str, *others: str, is_local: bool = False) -> Place:
        """Commands that start in `root` and may also read in `others`."""
        return cls((root, *others), root, is_local)

    def problem(self, path: str, *, writes: bool = False) -> str | None:
        """Why a path may not be read (or written); None when it may."""
        if path == "-" and not writes:
            return None
        if self.roots and (odd := self._leaves(path)):
            return odd
        said = (writing if writes else reading)(normal(path, self.cwd))
        return said.reason if said else None

    def _leaves(self, path: str) -> str | None:
        """Whether it lies outside. `..` is never followed: after a link it leads elsewhere than its text says."""
        if path[:1] == "~":
            return f"{path} lies in a home folder."
        if ".." in path and ".." in path.split("/"):
            return f"{path} leads upwards."
        if path[:1] != "/" and not self.cwd:
            return f"Where {path} lies is not known."
        found, roots = normal(path, self.cwd), self.roots
        if self.is_local and is_within(found, roots):
            found, roots = os.path.realpath(found), tuple(map(os.path.realpath, roots))
        return None if is_within(found, roots) else f"{path} lies outside of {', '.join(self.roots)}."


ANYWHERE = Place()
