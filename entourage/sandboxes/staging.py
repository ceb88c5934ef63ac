"""Letting the sandbox's account reach a work folder below folders it may not enter.

A server that runs as root often keeps its data where nobody else may look (/root, a 0700 folder). There, before root
is given up, the folder is mounted at a place anyone may enter, in a mount namespace that dies with the run.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

from entourage.kit.errors import Unavailable
from entourage.sandboxes.bubblewrap import HostUser

STAGE = "/mnt"
SCRIPT = f"""
mount -t tmpfs -o size=64k,mode=0711 none {STAGE} || exit 126
for name in work packages; do
    [ -z "$1" ] || {{ mkdir {STAGE}/$name && mount --bind "$1" {STAGE}/$name; }} || exit 126
    shift
done
user=$1 group=$2; shift 2
exec setpriv --reuid "$user" --regid "$group" --clear-groups -- "$@"
"""


class Staged(NamedTuple):
    """What goes before bubblewrap's command line, and where it finds its folders then."""

    prefix: list[str]
    work_folder: str
    packages: str | None


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


def stage(work_folder: Path, packages: Path | None, user: HostUser) -> Staged:
    """The prefix for these folders. Raises Unavailable when util-linux is not there to make it."""
    unshare, missing = (
        shutil.which("unshare"),
        [name for name in ("unshare", "mount", "setpriv") if not shutil.which(name)],
    )
    if unshare is None or missing or not Path(STAGE).is_dir():
        closed = closed_ancestor(work_folder, user)
        raise Unavailable(
            f"the sandbox's account (uid {user.uid}) may not enter {str(closed)!r}, above {work_folder.name!r}",
            hint="Keep the server's data below folders anyone may enter (chmod o+x), or install util-linux.",
        )
    prefix = [
        *(unshare, "--mount", "--propagation", "private", "--", "/bin/sh", "-c", SCRIPT, "sh"),
        *(str(work_folder), str(packages or ""), str(user.uid), str(user.gid)),
    ]
    return Staged(prefix, f"{STAGE}/work", f"{STAGE}/packages" if packages else None)


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
