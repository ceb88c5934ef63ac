"""`/my/memory/ingest`, `/my/memory/jobs`, `/my/memory/documents`; `/api/v1/memory/ingest` and `jobs` are aliases."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from entourage.accounts.identity import CurrentUser
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.memory.ingest.bodies import BODIES, received
from entourage.memory.ingest.documents import Documents
from entourage.memory.ingest.jobs import Jobs
from entourage.memory.ingest.schemas import Document, DocumentStatus, DocumentWithChunks, FileStatus, Job, JobFile
from entourage.memory.ingest.service import Ingest
from entourage.memory.sharing.whose import (
    Reading,
    ReadingDocument,
    ReadingJob,
    SharingHere,
    WritingDocument,
    WritingJob,
)

router = Routes(tags=["memory"])

JobsHere = Annotated[Jobs, service(Jobs)]
DocumentsHere = Annotated[Documents, service(Documents)]
Words = Annotated[str | None, Query(max_length=200, description="Part of the name or title.")]


@router.post(
    "/my/memory/ingest",
    status_code=202,
    responses=problems(400, 401, 403, 404, 413, 415, 422, 429, 507),
    openapi_extra=BODIES,
)
@router.post(
    "/api/v1/memory/ingest",
    status_code=202,
    name="api_ingest",
    responses=problems(400, 401, 403, 404, 413, 415, 422, 429, 507),
    openapi_extra=BODIES,
)
async def ingest(
    request: Request, user: CurrentUser, sharing: SharingHere, ingest: Annotated[Ingest, service(Ingest)]
) -> Job:
    """Read files, a page, an artifact, a file or folder of a conversation, or a text, in the background."""
    async with received(request) as body:
        return await body.hand_to(ingest, await sharing.open(user.user_id, body.workspace, "editor"))


@router.get("/my/memory/jobs", responses=problems(401, 404, 422, 429))
@router.get("/api/v1/memory/jobs", name="api_list_jobs", responses=problems(401, 404, 422, 429))
async def list_jobs(whose: Reading, jobs: JobsHere, limit: Limit = 50, cursor: Cursor = None) -> Page[Job]:
    """Jobs, newest first, each with its first few files."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    found = await jobs.list(whose.owner_id, before=before, limit=limit + 1)
    return Page[Job].model_validate(page_of(found, limit, lambda item: (item.id,), lambda item: item))


@router.get("/my/memory/jobs/{job_id}", responses=problems(401, 404, 422, 429))
@router.get("/api/v1/memory/jobs/{job_id}", name="api_get_job", responses=problems(401, 404, 422, 429))
async def get_job(job_id: Id, whose: ReadingJob, jobs: JobsHere) -> Job:
    """A job with how far it is."""
    return await jobs.get(whose.owner_id, job_id)


@router.get("/my/memory/jobs/{job_id}/files", responses=problems(401, 404, 422, 429))
async def list_job_files(
    job_id: Id,
    whose: ReadingJob,
    jobs: JobsHere,
    status: FileStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobFile]:
    """All files of a job, in order."""
    after = decode_cursor(cursor, tuple[int])[0] if cursor else 0
    found = await jobs.files(whose.owner_id, job_id, status=status, after=after, limit=limit + 1)
    return Page[JobFile].model_validate(page_of(found, limit, lambda item: (item[0],), lambda item: item[1]))


@router.post("/my/memory/jobs/{job_id}/cancel", responses=problems(401, 403, 404, 409, 422, 429))
@router.post(
    "/api/v1/memory/jobs/{job_id}/cancel", name="api_cancel_job", responses=problems(401, 403, 404, 409, 422, 429)
)
async def cancel_job(job_id: Id, whose: WritingJob, jobs: JobsHere) -> Job:
    """Read no more of it; what was read stays."""
    return await jobs.cancel(whose.owner_id, job_id)


@router.post("/my/memory/jobs/{job_id}/retry", responses=problems(401, 403, 404, 409, 422, 429))
@router.post(
    "/api/v1/memory/jobs/{job_id}/retry", name="api_retry_job", responses=problems(401, 403, 404, 409, 422, 429)
)
async def retry_job(job_id: Id, whose: WritingJob, jobs: JobsHere) -> Job:
    """Read once more what failed or was cancelled."""
    return await jobs.retry(whose.owner_id, job_id, whose.user_id)


@router.get("/my/memory/documents", responses=problems(401, 404, 422, 429))
async def list_documents(
    whose: Reading,
    documents: DocumentsHere,
    q: Words = None,
    status: DocumentStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Document]:
    """Documents, newest first."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    found = await documents.list(whose.owner_id, q=q, status=status, before=before, limit=limit + 1)
    return Page[Document].model_validate(page_of(found, limit, lambda item: (item.id,), lambda item: item))


@router.get("/my/memory/documents/{document_id}", responses=problems(401, 404, 422, 429))
async def get_document(
    document_id: Id, whose: ReadingDocument, documents: DocumentsHere, limit: Limit = 50, cursor: Cursor = None
) -> DocumentWithChunks:
    """A document with what it was cut into."""
    return await documents.get(whose.owner_id, document_id, cursor=cursor, limit=limit)


@router.delete("/my/memory/documents/{document_id}", status_code=204, responses=problems(401, 403, 404, 422, 429))
async def delete_document(document_id: Id, whose: WritingDocument, documents: DocumentsHere) -> None:
    """Forget a document and all it was cut into."""
    await documents.delete(whose.owner_id, document_id)
