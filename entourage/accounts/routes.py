"""All doors of people, for `add_routes`."""

from __future__ import annotations

from entourage.accounts import admin_routes, auth_routes, my_routes
from entourage.kit.routing import Routes

router = Routes()
router.take(auth_routes.router)
router.take(my_routes.router)
router.take(admin_routes.router)
