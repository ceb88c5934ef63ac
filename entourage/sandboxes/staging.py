"""Letting the sandbox's account reach a work folder below folders it may not enter.

A server that runs as root often keeps its data where nobody else may look (/root, a 0700 folder). There, before root
is given up, the folder is mounted at a place anyone may enter, in a mount namespace that dies with the run.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from entourage.kit.errors import Unavailable
from entourage.sandboxes.bubblewrap import HostUser

STAGE = "/mnt"
SCRIPT = f"""
mount -t tmpfs -o size=64k,mode=0711 none {STAGE} || exit 126
user=$1 group=$2 count=$3; shift 3
for name in $(seq "$count"); do
    if [ -d "$1" ]; then mkdir {STAGE}/$name; else : > {STAGE}/$name; fi
    mount --bind "$1" {STAGE}/$name || exit 126
    shift
done
exec setpriv --reuid "$user" --regid "$group" --clear-groups -- "$@"
"""


class Staged(NamedTuple):
    """What goes before bubblewrap's command line, and where it finds the paths then, in their order."""

    prefix: list[str]
    paths: list[str]


def closed_ancestor(path: Path, user: HostUser) -> Path | None:
    """The first folder above `path` that `user` may not enter."""
    for folder in reversed(path.absolute().parents):
        status = folder.stat()
        if status.st_uid == user.uid:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == user.gid:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            return folder
    return None


def stage(paths: Sequence[Path], user: HostUser) -> Staged:
    """How `user` reaches these files and folders: as they are, or mounted where anyone may enter.

    Raises Unavailable when util-linux is not there to mount them.
    """
    if not (user.dropped and any(closed_ancestor(path, user) for path in paths)):
        return Staged([], [str(path) for path in paths])
    unshare, missing = (
        shutil.which("unshare"),
        [name for name in ("unshare", "mount", "setpriv", "seq") if not shutil.which(name)],
    )
    if unshare is None or missing or not Path(STAGE).is_dir():
        closed = closed_ancestor(paths[0], user)
        raise Unavailable(
            f"the sandbox's account (uid {user.uid}) may not enter {str(closed)!r}, above {paths[0].name!r}",
            hint="Keep the server's data below folders anyone may enter (chmod o+x), or install util-linux.",
        )
    prefix = [
        *(unshare, "--mount", "--propagation", "private", "--", "/bin/sh", "-c", SCRIPT, "sh"),
        *(str(user.uid), str(user.gid), str(len(paths)), *map(str, paths)),
    ]
    return Staged(prefix, [f"{STAGE}/{number}" for number in range(1, len(paths) + 1)])


def give_to(folder: Path, user: HostUser) -> None:
    """Make `folder` and all in it belong to the sandbox's account, unless it does already.

    Runs before any sandboxed program has seen the folder, so nothing in it is hostile yet.
    """
    if not user.dropped or folder.stat().st_uid == user.uid:
        return
    for _, folders, files, fd in os.fwalk(folder, follow_symlinks=False):
        for name in (*folders, *files):
            os.chown(name, user.uid, user.gid, dir_fd=fd, follow_symlinks=False)
    os.chown(folder, user.uid, user.gid)
