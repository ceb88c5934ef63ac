"""`/api/v1/workspaces/{workspace_id}`: uploads, archives, unpacking."""

from __future__ import annotations

import os
from typing import Annotated, Any

from fastapi import Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from entourage.kit.errors import BadRequest, UnsupportedMedia
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.workspaces.file_routes import BYTES, AtPath
from entourage.workspaces.file_schemas import Unpack, Unpacked
from entourage.workspaces.packing.packing import ArchiveFormat
from entourage.workspaces.packing.service import Packing, Upload
from entourage.workspaces.roles import Editing, Viewing
from entourage.workspaces.routes import HERE
from entourage.workspaces.sending import disposition, pieces

router = Routes(tags=["workspaces"])

PackingHere = Annotated[Packing, service(Packing)]
MOST_UPLOADS = 1_000
_FORM = "multipart/form-data"
_TYPES = {"zip": "application/zip", "tar.gz": "application/gzip"}
_PACKED: dict[str, Any] = dict.fromkeys(_TYPES.values(), BYTES["application/octet-stream"])
_FILES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
                    },
                }
            }
        },
    }
}


@router.post(
    HERE + "/upload",
    status_code=201,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 507),
    openapi_extra=_FILES,
)
async def upload_to_workspace(
    request: Request,
    member: Editing,
    packing: PackingHere,
    path: AtPath = "",
    unpack: Annotated[bool, Query(description="Unpack archives instead of keeping them.")] = False,
    overwrite: bool = False,
) -> Unpacked:
    """Put files into a folder, all or none of them; names may have folders in them."""
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        raise UnsupportedMedia("Files come as multipart/form-data.")
    try:
        form = await request.form(max_files=MOST_UPLOADS, max_fields=64)
    except HTTPException as error:
        raise BadRequest(str(error.detail)) from None
    async with request.form():
        sent = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
        uploads = [Upload(one.filename or "", one.file) for one in sent]
        return await packing.upload(member, path, uploads, unpacked=unpack, overwrite=overwrite)


@router.get(
    HERE + "/archive",
    response_class=Response,
    responses={**problems(401, 403, 404, 422, 429), 200: {"content": _PACKED}},
)
async def download_workspace(
    member: Viewing,
    packing: PackingHere,
    path: AtPath = "",
    format: ArchiveFormat = "zip",
) -> Response:
    """A folder, or a file, packed. Links and devices are left out."""
    archive = await packing.pack(member, path, format)
    fd = os.dup(archive.fileno())
    archive.close()
    os.lseek(fd, 0, os.SEEK_SET)
    size = os.fstat(fd).st_size
    name = f"{path.strip('/').rsplit('/', 1)[-1] or 'workspace'}.{format}"
    headers = {"Content-Disposition": disposition(name), "Content-Length": str(size)}
    return StreamingResponse(pieces(fd, size), media_type=_TYPES[format], headers=headers)


@router.post(HERE + "/unpack", status_code=201, responses=problems(401, 403, 404, 409, 413, 415, 422, 429, 507))
async def unpack_in_workspace(wish: Unpack, member: Editing, packing: PackingHere) -> Unpacked:
    """Unpack an archive that is in the workspace."""
    return await packing.unpack(member, wish)
