"""Whose memory a request is for: what the doors of memory ask for first."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from entourage.accounts.identity import CurrentUser
from entourage.kit.ids import Id
from entourage.kit.services import service
from entourage.memory.ingest.tables import DocumentRow, JobRow
from entourage.memory.sharing.opening import Opened, Sharing
from entourage.memory.tables import MemoryRow

SharingHere = Annotated[Sharing, service(Sharing)]
Named = Annotated[Id | None, Query(description="The workspace whose memory it is; your own when none is named.")]


async def _reading(user: CurrentUser, sharing: SharingHere, workspace: Named = None) -> Opened:
    return await sharing.open(user.user_id, workspace)


async def _writing(user: CurrentUser, sharing: SharingHere, workspace: Named = None) -> Opened:
    return await sharing.open(user.user_id, workspace, "editor")


async def _owning(user: CurrentUser, sharing: SharingHere, workspace: Named = None) -> Opened:
    return await sharing.open(user.user_id, workspace, "owner")


Reading = Annotated[Opened, Depends(_reading)]
"""The memory that the query names, to look into. 404 for a workspace that the caller is not in."""

Writing = Annotated[Opened, Depends(_writing)]
"""As `Reading`, to change it. 403 for viewers."""

Owning = Annotated[Opened, Depends(_owning)]
"""As `Reading`, to decide about it. 403 for all but the workspace's owner."""


async def _reading_memory(memory_id: Id, user: CurrentUser, sharing: SharingHere) -> Opened:
    return await sharing.at(user.user_id, MemoryRow, memory_id, "viewer")


async def _writing_memory(memory_id: Id, user: CurrentUser, sharing: SharingHere) -> Opened:
    return await sharing.at(user.user_id, MemoryRow, memory_id, "editor")


async def _reading_document(document_id: Id, user: CurrentUser, sharing: SharingHere) -> Opened:
    return await sharing.at(user.user_id, DocumentRow, document_id, "viewer")


async def _writing_document(document_id: Id, user: CurrentUser, sharing: SharingHere) -> Opened:
    return await sharing.at(user.user_id, DocumentRow, document_id, "editor")


async def _reading_job(job_id: Id, user: CurrentUser, sharing: SharingHere) -> Opened:
    return await sharing.at(user.user_id, JobRow, job_id, "viewer")


async def _writing_job(job_id: Id, user: CurrentUser, sharing: SharingHere) -> Opened:
    return await sharing.at(user.user_id, JobRow, job_id, "editor")


ReadingMemory = Annotated[Opened, Depends(_reading_memory)]
WritingMemory = Annotated[Opened, Depends(_writing_memory)]
ReadingDocument = Annotated[Opened, Depends(_reading_document)]
WritingDocument = Annotated[Opened, Depends(_writing_document)]
ReadingJob = Annotated[Opened, Depends(_reading_job)]
WritingJob = Annotated[Opened, Depends(_writing_job)]
"""The memory that the memory, document or job of the path is in; the caller's own where it is nowhere for them."""
