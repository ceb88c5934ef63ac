"""`/my/prompts`, `/my/experiments`."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import Response

from entourage.accounts.identity import CurrentUser
from entourage.agents.prompts.experiments import Experiments
from entourage.agents.prompts.results import Results
from entourage.agents.prompts.schemas import (
    MAX_VERSION,
    ChangeExperiment,
    ChangePrompt,
    Experiment,
    NewExperiment,
    NewPrompt,
    Prompt,
    PromptVersion,
    Restore,
    VariantResult,
)
from entourage.agents.prompts.service import Prompts
from entourage.agents.service import Agents
from entourage.kit.errors import BadRequest, Invalid
from entourage.kit.etag import IfMatch, etag_of
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service

router = Routes(prefix="/my", tags=["prompts"])

PromptsHere = Annotated[Prompts, service(Prompts)]
ExperimentsHere = Annotated[Experiments, service(Experiments)]
Shown = TypeVar("Shown", Prompt, Experiment)


@router.get("/prompts", responses=problems(400, 401, 422, 429))
async def list_prompts(
    user: CurrentUser, prompts: PromptsHere, limit: Limit = 50, cursor: Cursor = None
) -> Page[Prompt]:
    """Prompt fragments by name."""
    after = decode_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await prompts.list(user.user_id, after=after, limit=limit + 1)
    return Page[Prompt].model_validate(page_of(rows, limit, lambda row: (row.name,), Prompt.of))


@router.post("/prompts", status_code=201, responses=problems(401, 409, 422, 429))
async def create_prompt(new: NewPrompt, user: CurrentUser, prompts: PromptsHere, response: Response) -> Prompt:
    """A new fragment; agents list it by its name."""
    return _tagged(response, await prompts.create(user.user_id, new))


@router.get("/prompts/{prompt_id}", responses=problems(401, 404, 422, 429))
async def get_prompt(prompt_id: Id, user: CurrentUser, prompts: PromptsHere, response: Response) -> Prompt:
    """One fragment."""
    return _tagged(response, await prompts.get(user.user_id, prompt_id))


@router.patch("/prompts/{prompt_id}", responses=problems(400, 401, 404, 412, 422, 429))
async def change_prompt(
    prompt_id: Id,
    change: ChangePrompt,
    user: CurrentUser,
    prompts: PromptsHere,
    response: Response,
    if_match: IfMatch = None,
) -> Prompt:
    """Change a fragment; another text is a new version, which runs that begin from now on are told."""
    return _tagged(response, await prompts.change(user.user_id, prompt_id, change, if_match))


@router.delete("/prompts/{prompt_id}", status_code=204, responses=problems(400, 401, 404, 409, 412, 422, 429))
async def delete_prompt(prompt_id: Id, user: CurrentUser, prompts: PromptsHere, if_match: IfMatch = None) -> None:
    """Delete a fragment that no agent lists."""
    await prompts.delete(user.user_id, prompt_id, if_match)


@router.get("/prompts/{prompt_id}/versions", responses=problems(400, 401, 404, 422, 429))
async def list_prompt_versions(
    prompt_id: Id, user: CurrentUser, prompts: PromptsHere, limit: Limit = 50, cursor: Cursor = None
) -> Page[PromptVersion]:
    """Its texts, newest first."""
    before = decode_cursor(cursor, tuple[int])[0] if cursor else None
    if before is not None and abs(before) > MAX_VERSION:
        raise BadRequest("The cursor is not one of ours.")
    found = await prompts.versions(user.user_id, prompt_id, before=before, limit=limit + 1)
    page = page_of(found, limit, lambda item: (item.version,), lambda item: item)
    return Page[PromptVersion].model_validate(page)


@router.post("/prompts/{prompt_id}/restore", responses=problems(400, 401, 404, 412, 422, 429))
async def restore_prompt(
    prompt_id: Id,
    said: Restore,
    user: CurrentUser,
    prompts: PromptsHere,
    response: Response,
    if_match: IfMatch = None,
) -> Prompt:
    """Bring back the text of an older version, as the newest one."""
    return _tagged(response, await prompts.restore(user.user_id, prompt_id, said.version, if_match))


@router.get("/experiments", responses=problems(400, 401, 422, 429))
async def list_experiments(
    user: CurrentUser, experiments: ExperimentsHere, limit: Limit = 50, cursor: Cursor = None
) -> Page[Experiment]:
    """Experiments, newest first."""
    before = decode_cursor(cursor, tuple[str])[0] if cursor else None
    rows = await experiments.list(user.user_id, before=before, limit=limit + 1)
    return Page[Experiment].model_validate(page_of(rows, limit, lambda row: (row.id,), Experiment.of))


@router.post("/experiments", status_code=201, responses=problems(401, 409, 422, 429))
async def create_experiment(
    new: NewExperiment,
    user: CurrentUser,
    experiments: ExperimentsHere,
    agents: Annotated[Agents, service(Agents)],
    response: Response,
) -> Experiment:
    """Compare wordings of an agent's instructions; one experiment at a time for an agent."""
    if all(agent.name != new.agent for agent in await agents.list(user.user_id)):
        raise Invalid(f"There is no agent {new.agent!r}.", hint="GET /my/agents lists your team.")
    return _tagged(response, await experiments.create(user.user_id, new))


@router.get("/experiments/{experiment_id}", responses=problems(401, 404, 422, 429))
async def get_experiment(
    experiment_id: Id, user: CurrentUser, experiments: ExperimentsHere, response: Response
) -> Experiment:
    """One experiment."""
    return _tagged(response, await experiments.get(user.user_id, experiment_id))


@router.patch("/experiments/{experiment_id}", responses=problems(400, 401, 404, 409, 412, 422, 429))
async def change_experiment(
    experiment_id: Id,
    change: ChangeExperiment,
    user: CurrentUser,
    experiments: ExperimentsHere,
    response: Response,
    if_match: IfMatch = None,
) -> Experiment:
    """Start or stop an experiment (`status`), or word it anew while it has no runs."""
    return _tagged(response, await experiments.change(user.user_id, experiment_id, change, if_match))


@router.delete("/experiments/{experiment_id}", status_code=204, responses=problems(400, 401, 404, 412, 422, 429))
async def delete_experiment(
    experiment_id: Id, user: CurrentUser, experiments: ExperimentsHere, if_match: IfMatch = None
) -> None:
    """Delete an experiment; its runs stay."""
    await experiments.delete(user.user_id, experiment_id, if_match)


@router.get("/experiments/{experiment_id}/results", responses=problems(401, 404, 422, 429))
async def experiment_results(
    experiment_id: Id, user: CurrentUser, results: Annotated[Results, service(Results)]
) -> Page[VariantResult]:
    """A line a variant: how its runs ended, what they cost, how long they took, and how much that says."""
    return Page[VariantResult](items=await results.of(user.user_id, experiment_id))


def _tagged(response: Response, shown: Shown) -> Shown:
    response.headers["ETag"] = etag_of(shown.id, shown.version)
    return shown
