"""Making a working tree of a pack of objects, inside the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from entourage.kit.errors import Invalid
from entourage.workspaces.git.running import Confined, git
from entourage.workspaces.importing.sources import Refs

PACK = "import.pack"
HEADS, TAGS, REMOTE = "refs/heads/", "refs/tags/", "refs/remotes/origin/"


async def check_out(confined: Confined, folder: Path, pack: Path | None, refs: Refs, url: str, ref: str | None) -> None:
    """Make `folder`, which is empty, a clone: objects of `pack`, branches of the origin, one checked out.

    Raises Invalid for a ref that is not there, GitFailed for objects that are broken, Unavailable.
    """
    wanted = chosen(refs, ref)
    await git(confined, folder, ("init", "--quiet", "--template="))
    await git(confined, folder, ("config", "remote.origin.url", url))
    await git(confined, folder, ("config", "remote.origin.fetch", f"+{HEADS}*:{REMOTE}*"))
    if pack is None or wanted is None:
        return
    place = folder / ".git" / "objects" / "pack"
    name = await asyncio.to_thread(_put, pack, place)
    await git(confined, folder, ("index-pack", f".git/objects/pack/{name}"))
    lines = [f"create {_here(name)} {object_id}" for name, object_id in refs.ids.items()]
    lines += [f"create {HEADS}{wanted.removeprefix(HEADS)} {refs.ids[wanted]}"] if wanted.startswith(HEADS) else []
    await git(confined, folder, ("update-ref", "--stdin"), stdin="\n".join([*lines, ""]).encode())
    await git(confined, folder, _switch(wanted))


def chosen(refs: Refs, ref: str | None) -> str | None:
    """The full name of what to check out; None when there is nothing. Raises Invalid."""
    if ref is None:
        return refs.head or next(iter(refs.ids), None)
    for name in (HEADS + ref, TAGS + ref):
        if name in refs.ids:
            return name
    known = ", ".join(name.removeprefix(HEADS) for name in refs.ids if name.startswith(HEADS))[:300]
    raise Invalid(f"The repository has no branch or tag {ref!r}.", hint=f"Its branches: {known or 'none'}.")


def _switch(wanted: str) -> Sequence[str]:
    if wanted.startswith(HEADS):
        return ("checkout", "--quiet", "--force", wanted.removeprefix(HEADS), "--")
    return ("checkout", "--quiet", "--force", "--detach", wanted, "--")


def _here(name: str) -> str:
    return REMOTE + name.removeprefix(HEADS) if name.startswith(HEADS) else name


def _put(pack: Path, place: Path) -> str:
    """Under the name git would give it: that of its checksum."""
    with pack.open("rb") as file:
        file.seek(-20, 2)
        name = f"pack-{file.read().hex()}.pack"
    place.mkdir(parents=True, exist_ok=True)
    pack.rename(place / name)
    (place / name).chmod(0o644)
    return name
