"""`/my/budgets` and `/api/v1/admin/budgets`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Response

from entourage.accounts.identity import AdminUser, CurrentUser, SignedIn
from entourage.kit.etag import IfMatch
from entourage.kit.ids import Id
from entourage.kit.paging import Cursor, Limit, Page
from entourage.kit.problems import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.llm.money.schemas import AdminBudgetIn, AdminBudgetOut, BudgetIn, BudgetOut, BudgetPatch
from entourage.llm.money.setting import BudgetSetting, budget_etag
from entourage.llm.tables import BudgetRow

router = Routes(tags=["gateway"])

TheBudgets = Annotated[BudgetSetting, service(BudgetSetting)]


@router.get("/my/budgets", responses=problems(401, 403), response_model=Page[BudgetOut])
async def list_budgets(
    user: CurrentUser, budgets: TheBudgets, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Your budgets, also those an admin set, with what is spent of them."""
    return await budgets.page(user.user_id, limit, cursor)


@router.post("/my/budgets", status_code=201, responses=problems(401, 403, 409))
async def create_budget(body: BudgetIn, user: SignedIn, budgets: TheBudgets, response: Response) -> BudgetOut:
    """Bound what models may cost you in a day or a month (UTC)."""
    return await _mine(budgets, await budgets.create(user.user_id, body), response)


@router.patch("/my/budgets/{budget_id}", responses=problems(401, 403, 404, 412))
async def change_budget(
    budget_id: Id,
    body: BudgetPatch,
    user: SignedIn,
    budgets: TheBudgets,
    response: Response,
    if_match: IfMatch = None,
) -> BudgetOut:
    """Raise or lower a budget of your own."""
    return await _mine(budgets, await budgets.change(user.user_id, budget_id, body, if_match), response)


@router.delete("/my/budgets/{budget_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_budget(budget_id: Id, user: SignedIn, budgets: TheBudgets, if_match: IfMatch = None) -> None:
    """Remove a budget of your own."""
    await budgets.delete(user.user_id, budget_id, if_match)


@router.get("/api/v1/admin/budgets", responses=problems(401, 403), response_model=Page[AdminBudgetOut])
async def list_all_budgets(
    admin: AdminUser, budgets: TheBudgets, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, Any]:
    """Everybody's budgets."""
    del admin
    return await budgets.page_of_all(limit, cursor)


@router.post("/api/v1/admin/budgets", status_code=201, responses=problems(401, 403, 404, 409))
async def create_budget_for(
    body: AdminBudgetIn, admin: AdminUser, budgets: TheBudgets, response: Response
) -> AdminBudgetOut:
    """Bound what models may cost somebody; they cannot raise it."""
    del admin
    return await _anybodys(budgets, await budgets.create_for(body), response)


@router.patch("/api/v1/admin/budgets/{budget_id}", responses=problems(401, 403, 404, 412))
async def change_any_budget(
    budget_id: Id,
    body: BudgetPatch,
    admin: AdminUser,
    budgets: TheBudgets,
    response: Response,
    if_match: IfMatch = None,
) -> AdminBudgetOut:
    """Raise or lower anybody's budget."""
    del admin
    return await _anybodys(budgets, await budgets.change(None, budget_id, body, if_match), response)


@router.delete("/api/v1/admin/budgets/{budget_id}", status_code=204, responses=problems(401, 403, 404, 412))
async def delete_any_budget(budget_id: Id, admin: AdminUser, budgets: TheBudgets, if_match: IfMatch = None) -> None:
    """Remove anybody's budget."""
    del admin
    await budgets.delete(None, budget_id, if_match)


async def _mine(budgets: BudgetSetting, row: BudgetRow, response: Response) -> BudgetOut:
    response.headers["ETag"] = budget_etag(row)
    return await budgets.shown(row)


async def _anybodys(budgets: BudgetSetting, row: BudgetRow, response: Response) -> AdminBudgetOut:
    response.headers["ETag"] = budget_etag(row)
    return await budgets.shown_to_admin(row)
