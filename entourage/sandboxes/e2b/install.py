"""Putting the interpreter and E2B's doors into an application."""

from __future__ import annotations

from contextlib import AsyncExitStack

from pydantic import SecretStr

from entourage.kit.services import Services
from entourage.sandboxes.backends.e2b import E2bBackend
from entourage.sandboxes.e2b.app import E2b
from entourage.sandboxes.e2b.cloud.wire import Account
from entourage.sandboxes.interpreter.service import Interpreters
from entourage.sandboxes.packages import has_ipykernel, site_packages
from entourage.sandboxes.service import Sandboxes
from entourage.settings import Settings


def open_interpreters(stack: AsyncExitStack, services: Services, settings: Settings) -> Interpreters:
    """Build `Interpreters` and `E2b`. Call it after the sandboxes are open: contexts end before their sandboxes do."""
    if settings.e2b_api_key is not None:
        services.get(Sandboxes).add_backend(E2bBackend(_account(settings, settings.e2b_api_key)))
    has_kernel = has_ipykernel(site_packages(settings))
    interpreters = services.add(Interpreters(has_kernel=has_kernel, warm=settings.sandbox_warm))
    stack.push_async_callback(interpreters.close)
    e2b = services.add(E2b(services))
    stack.push_async_callback(e2b.close)
    return interpreters


def _account(settings: Settings, key: SecretStr) -> Account:
    return Account(
        api_key=key.get_secret_value(),
        api_url=settings.e2b_api_url.rstrip("/"),
        domain=settings.e2b_domain,
        sandbox_url=settings.e2b_sandbox_url.rstrip("/") if settings.e2b_sandbox_url else None,
        template=settings.e2b_template,
    )
