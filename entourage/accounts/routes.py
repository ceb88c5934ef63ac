"""All doors of people, for `app.include_router`."""

from __future__ import annotations

from fastapi import APIRouter

from entourage.accounts import admin_routes, auth_routes, my_routes

router = APIRouter()
router.include_router(auth_routes.router)
router.include_router(my_routes.router)
router.include_router(admin_routes.router)
