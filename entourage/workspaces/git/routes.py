"""`/api/v1/workspaces/{workspace_id}/git`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.workspaces.file_routes import AtPath
from entourage.workspaces.git.schemas import (
    Checkout,
    Committed,
    GitBranches,
    GitDiff,
    GitLog,
    GitPaths,
    GitStatus,
    NewCommit,
)
from entourage.workspaces.git.working import GitDesk
from entourage.workspaces.places import Place, Places
from entourage.workspaces.roles import Editing, Viewing
from entourage.workspaces.routes import HERE

router = Routes(tags=["workspaces"])

GitHere = Annotated[GitDesk, service(GitDesk)]
PlacesHere = Annotated[Places, service(Places)]


async def _seen(member: Viewing, places: PlacesHere) -> Place:
    return await places.of_member(member)


async def _changed(member: Editing, places: PlacesHere) -> Place:
    return await places.of_member(member)


Seen = Annotated[Place, Depends(_seen)]
Changed = Annotated[Place, Depends(_changed)]
GIT = HERE + "/git"
LOOKS = problems(401, 404, 409, 422, 429, 503)
CHANGES = problems(401, 403, 404, 409, 422, 429, 503)


@router.get(GIT + "/status", responses=LOOKS)
async def git_status(place: Seen, git: GitHere) -> GitStatus:
    """How the files stand against the last commit."""
    return await git.read.status(place)


@router.get(GIT + "/diff", responses=LOOKS)
async def git_diff(place: Seen, git: GitHere, path: AtPath = "", staged: bool = False) -> GitDiff:
    """What changed since it was staged, or (`staged`) what was staged since the last commit."""
    return await git.read.diff(place, path, staged=staged)


@router.get(GIT + "/log", responses=LOOKS)
async def git_log(
    place: Seen,
    git: GitHere,
    path: AtPath = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> GitLog:
    """Commits, newest first."""
    return await git.read.log(place, path, limit=limit, skip=skip)


@router.get(GIT + "/branches", responses=LOOKS)
async def git_branches(place: Seen, git: GitHere) -> GitBranches:
    """Local and remote branches."""
    return await git.read.branches(place)


@router.post(GIT + "/init", responses=CHANGES)
async def git_init(place: Changed, git: GitHere) -> GitStatus:
    """Make the workspace a repository."""
    return await git.init(place)


@router.post(GIT + "/stage", responses=CHANGES)
async def git_stage(paths: GitPaths, place: Changed, git: GitHere) -> GitStatus:
    """Take files as they are into the next commit."""
    return await git.stage(place, paths.paths)


@router.post(GIT + "/unstage", responses=CHANGES)
async def git_unstage(paths: GitPaths, place: Changed, git: GitHere) -> GitStatus:
    """Leave files out of the next commit."""
    return await git.unstage(place, paths.paths)


@router.post(GIT + "/discard", responses=CHANGES)
async def git_discard(paths: GitPaths, place: Changed, git: GitHere) -> GitStatus:
    """Put files back as they were staged or committed."""
    return await git.discard(place, paths.paths)


@router.post(GIT + "/commit", status_code=201, responses=CHANGES)
async def git_commit(new: NewCommit, place: Changed, git: GitHere) -> Committed:
    """Commit in your name."""
    return await git.commit(place, new)


@router.post(GIT + "/checkout", responses=CHANGES)
async def git_checkout(checkout: Checkout, place: Changed, git: GitHere) -> GitStatus:
    """Go to another branch, or make one."""
    return await git.checkout(place, checkout)
