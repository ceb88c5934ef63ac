"""`/my/agents/export`, `/my/agents/import`, `/my/agents/{id}/markdown`."""

from __future__ import annotations

from typing import Annotated

from fastapi.responses import PlainTextResponse

from entourage.accounts.identity import CurrentUser
from entourage.agents.library.schemas import AgentFiles, ImportAgents, ImportedFiles
from entourage.agents.library.service import Library
from entourage.kit.ids import Id
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my/agents", tags=["agents"])

LibraryHere = Annotated[Library, service(Library)]


class MarkdownText(PlainTextResponse):
    """A Markdown file."""

    media_type = "text/markdown"


@router.get("/export", responses=problems(401, 429))
async def export_agents(user: CurrentUser, library: LibraryHere) -> AgentFiles:
    """The whole team as Markdown files with YAML front matter."""
    return AgentFiles(files=await library.export(user.user_id))


@router.post("/import", responses=problems(401, 422, 429))
async def import_agents(said: ImportAgents, user: CurrentUser, library: LibraryHere) -> ImportedFiles:
    """Make agents of Markdown files, of ours or of Claude Code. Each file is taken or refused for itself."""
    return ImportedFiles(items=await library.take(user.user_id, said.files, replace=said.replace))


@router.get("/{agent_id}/markdown", response_class=MarkdownText, responses=problems(401, 404, 422, 429))
async def agent_markdown(agent_id: Id, user: CurrentUser, library: LibraryHere) -> MarkdownText:
    """One agent as a file."""
    return MarkdownText(await library.markdown(user.user_id, agent_id))
