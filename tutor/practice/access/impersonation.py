"""kubectl --as: an administrator's request in the name of somebody else. Source: kubernetes.io, User impersonation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from tutor.practice.access import rights
from tutor.practice.access.rights import Wish
from tutor.practice.access.user import AUTHENTICATED, SERVICE_ACCOUNT, User, service_account
from tutor.practice.store.errors import StatusError

_PREFIX = "impersonate-"
_ANONYMOUS, _UNAUTHENTICATED = "system:anonymous", "system:unauthenticated"

Headers = Iterable[tuple[str, str]]


def in_the_name_of(user: User, headers: Headers) -> User:
    """Who is to be taken for the user. Raises: `StatusError` 403 for who may not ask so, 500 for half a question."""
    asked = [(name.lower().removeprefix(_PREFIX), value) for name, value in headers if name.lower().startswith(_PREFIX)]
    if not asked:
        return user
    name = next((value for key, value in asked if key == "user"), "")
    if not name:
        raise StatusError(500, "InternalError", "Internal error occurred: requested a user without a name", {})
    rights.check(user, _wish(name))
    groups = tuple(value for key, value in asked if key == "group")
    uid = next((value for key, value in asked if key == "uid"), "")
    extra = _extra(asked)
    if (account := _account(name)) and not groups:
        return service_account(*account, uid, extra)
    added = _UNAUTHENTICATED if name == _ANONYMOUS else AUTHENTICATED
    return User(name, groups if added in groups else (*groups, added), uid, extra)


def _account(name: str) -> tuple[str, str] | None:
    """(namespace, name) where it is a ServiceAccount's."""
    namespace, _, account = name.removeprefix(SERVICE_ACCOUNT).partition(":")
    is_one = name.startswith(SERVICE_ACCOUNT) and namespace and account and ":" not in account
    return (namespace, account) if is_one else None


def _wish(name: str) -> Wish:
    if account := _account(name):
        return Wish("impersonate", "", "", "serviceaccounts", "", *account)
    return Wish("impersonate", "", "", "users", "", "", name)


def _extra(asked: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, value in asked:
        if key.startswith("extra-"):
            name = unquote(key.removeprefix("extra-"))
            found[name] = (*found.get(name, ()), value)
    return found
