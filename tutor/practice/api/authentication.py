"""Whose request it is: the token of the kubeconfig is the administrator's, others are ServiceAccounts'."""

from __future__ import annotations

import hmac

from aiohttp import web

from tutor.practice.access import tokens
from tutor.practice.access.impersonation import in_the_name_of
from tutor.practice.access.user import ADMINISTRATOR, User
from tutor.practice.api.context import Context

_KEY = web.RequestKey("user", User)


def authorized(request: web.Request, token: str) -> bool:
    """Whether the request carries just this token."""
    return hmac.compare_digest(_token(request).encode(), token.encode())


def _token(request: web.Request) -> str:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def authenticate(context: Context, request: web.Request) -> User | None:
    """None for who cannot be told. `user_of` finds it again. Raises: `StatusError` for who may not speak for others."""
    user: User | None = None
    if authorized(request, context.token):
        user = ADMINISTRATOR
    elif token := _token(request):
        user = tokens.user_of(token, context.signing_key, context.store.get, context.clock.now())
    if user is not None:
        user = in_the_name_of(user, request.headers.items())
        request[_KEY] = user
    return user


def user_of(request: web.Request) -> User:
    """Raises: `KeyError` for a request that nobody was asked of."""
    return request[_KEY]
