"""Doors of signing in: `/api/v1/auth/*`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, Request, Response

from entourage.accounts.cookies import (
    CSRF_HEADER,
    REFRESH_COOKIE,
    check_origin,
    clear_cookies,
    cookie_token,
    set_cookies,
)
from entourage.accounts.identity import CurrentUser, SignedIn, identity_of
from entourage.accounts.limits import client_address
from entourage.accounts.people import user_etag
from entourage.accounts.schemas import (
    LoginIn,
    PasswordIn,
    RefreshIn,
    RegisterIn,
    SetupIn,
    SetupState,
    TokensOut,
    UserOut,
    example,
)
from entourage.accounts.service import Accounts
from entourage.accounts.setup import Setup
from entourage.accounts.sign_ins import Begun
from entourage.kit.errors import Unauthorized
from entourage.kit.etag import not_modified
from entourage.kit.http import problems
from entourage.kit.routing import Routes
from entourage.kit.services import service
from entourage.settings import Settings

router = Routes(prefix="/api/v1/auth", tags=["auth"])

AccountsService = Annotated[Accounts, service(Accounts)]
SetupService = Annotated[Setup, service(Setup)]
ServerSettings = Annotated[Settings, service(Settings)]

_setup = {"token": "...", "email": "ana@example.com", "password": "correct horse battery", "full_name": "Ana Silva"}
_refresh = {"refresh_token": "..."}
_change = {"current_password": "correct horse battery", "new_password": "staple staple staple"}
_person = {"email": "ana@example.com", "password": "correct horse battery", "full_name": "Ana Silva"}


def _answer(begun: Begun, accounts: Accounts, settings: Settings, response: Response, *, by_cookie: bool) -> TokensOut:
    if by_cookie and begun.refresh_token is not None:
        set_cookies(response, begun.refresh_token, settings)
    response.headers["Cache-Control"] = "no-store"
    return accounts.tokens_of(begun, hide_refresh_token=by_cookie)


@router.get("/setup", responses=problems())
async def setup_state(setup: SetupService, settings: ServerSettings) -> SetupState:
    """Whether the server waits for its first admin, and who may register."""
    return SetupState(needs_admin=await setup.needs_admin(), registration=settings.registration)


@router.post("/setup", status_code=201, responses=problems(403, 409))
async def make_first_admin(
    body: Annotated[SetupIn, Body(openapi_examples=example(**_setup))],
    request: Request,
    response: Response,
    setup: SetupService,
    accounts: AccountsService,
    settings: ServerSettings,
) -> TokensOut:
    """Make the first admin with the one-time link that the server printed."""
    if body.cookie:
        check_origin(request, settings)
    begun = await setup.finish(body, client_address(request.scope))
    return _answer(begun, accounts, settings, response, by_cookie=body.cookie)


@router.post("/register", status_code=201, responses=problems(403, 409))
async def register(
    body: Annotated[RegisterIn, Body(openapi_examples=example(**_person))],
    request: Request,
    response: Response,
    accounts: AccountsService,
    settings: ServerSettings,
) -> TokensOut:
    """Make an account and sign in; by invitation unless the server is open."""
    if body.cookie:
        check_origin(request, settings)
    begun = await accounts.register(body, client_address(request.scope))
    return _answer(begun, accounts, settings, response, by_cookie=body.cookie)


@router.post("/login", responses=problems(401, 403))
async def login(
    body: Annotated[
        LoginIn, Body(openapi_examples=example(email=_person["email"], password=_person["password"], cookie=False))
    ],
    request: Request,
    response: Response,
    accounts: AccountsService,
    settings: ServerSettings,
) -> TokensOut:
    """Sign in with e-mail address and password."""
    if body.cookie:
        check_origin(request, settings)
    begun = await accounts.login(body, client_address(request.scope))
    return _answer(begun, accounts, settings, response, by_cookie=body.cookie)


@router.post("/refresh", responses=problems(401, 403))
async def refresh(
    body: Annotated[RefreshIn, Body(openapi_examples=example(**_refresh))],
    request: Request,
    response: Response,
    accounts: AccountsService,
    settings: ServerSettings,
) -> TokensOut:
    """The next tokens for a refresh token, which then no longer works. By cookie it wants `X-CSRF-Token`."""
    token = body.refresh_token or cookie_token(request, settings)
    if token is None:
        raise Unauthorized("There is no refresh token.", hint=f"Send it in the body, or by cookie with {CSRF_HEADER}.")
    by_cookie = body.refresh_token is None
    begun = await accounts.sign_ins.renew(token, from_cookie=by_cookie)
    return _answer(begun, accounts, settings, response, by_cookie=by_cookie)


@router.post("/logout", status_code=204, responses=problems(401, 403))
async def logout(request: Request, response: Response, accounts: AccountsService, settings: ServerSettings) -> None:
    """End this sign-in, known by its access token or by its cookie with `X-CSRF-Token`."""
    identity = identity_of(request.scope)
    if identity is not None:
        identity.require("write")
        await accounts.logout(identity.user_id, identity.sign_in_id)
    elif (token := cookie_token(request, settings)) is not None:
        await accounts.sign_ins.end_by_token(token)
    else:
        raise Unauthorized("There is nobody to sign out.")
    clear_cookies(response, settings)


@router.get("/me", responses=problems(401, 403, 404), response_model=UserOut)
async def me(user: CurrentUser, request: Request, response: Response, accounts: AccountsService) -> object:
    """The person behind the token."""
    row = await accounts.people.get(user.user_id)
    response.headers["ETag"] = user_etag(row)
    return not_modified(request.headers.get("if-none-match"), user_etag(row)) or row


@router.post("/password", responses=problems(401, 403, 404))
async def change_password(
    body: Annotated[
        PasswordIn,
        Body(openapi_examples=example(**_change)),
    ],
    user: SignedIn,
    request: Request,
    response: Response,
    accounts: AccountsService,
    settings: ServerSettings,
) -> TokensOut:
    """Change the password. Every other sign-in ends; this one goes on with the tokens of the answer."""
    by_cookie = REFRESH_COOKIE in request.cookies
    if by_cookie:
        check_origin(request, settings)
    begun = await accounts.change_password(user.user_id, body, client_address(request.scope))
    return _answer(begun, accounts, settings, response, by_cookie=by_cookie)
