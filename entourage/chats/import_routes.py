"""`POST /my/chat/import`: conversations from exports of ChatGPT and Open WebUI."""

from __future__ import annotations

from typing import Annotated

from fastapi import UploadFile

from entourage.accounts.identity import CurrentUser
from entourage.chats.importing.service import Imported, Importer
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(tags=["chats"])


@router.post("/my/chat/import", responses=problems(400, 401, 413, 422, 429))
async def import_chats(
    file: UploadFile, user: CurrentUser, importer: Annotated[Importer, service(Importer)]
) -> Imported:
    """Import conversations with their branches. Importing the same file twice changes nothing."""
    return await importer.run(user.user_id, await file.read())
