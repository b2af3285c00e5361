"""What a user may do in a cluster where nobody has given any rights: the administrator everything, others find out what
there is, and who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.practice.access.user import AUTHENTICATED, User
from tutor.practice.store.errors import StatusError

_REVIEWS = frozenset(
    {
        ("authentication.k8s.io", "selfsubjectreviews"),
        ("authorization.k8s.io", "selfsubjectaccessreviews"),
        ("authorization.k8s.io", "selfsubjectrulesreviews"),
    }
)
_HEALTH = ("/healthz", "/livez", "/readyz", "/version", "/version/")
_DISCOVERY = tuple(sorted(("/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*", *_HEALTH)))
_ISSUER = tuple(
    path + slash for path in ("/.well-known/openid-configuration", "/openid/v1/jwks") for slash in ("", "/")
)
_ROLES = (
    ("system:unauthenticated", _HEALTH),
    (AUTHENTICATED, _HEALTH),
    (AUTHENTICATED, _DISCOVERY),
    ("system:serviceaccounts", _ISSUER),
)
"""The paths that a group may read: the roles system:public-info-viewer, system:discovery and
system:service-account-issuer-discovery of a new cluster."""
_VERBS = {"GET": "get", "HEAD": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request wants, read off its URL: of a resource, or where `resource` is "" of a path."""

    verb: str
    path: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


def wish_of(method: str, path: str, query: Mapping[str, str]) -> Wish:
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        group, parts = "", parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, parts = parts[1], parts[3:]
    else:
        return Wish(method.lower(), path)
    verb = _VERBS.get(method, method.lower())
    watches = parts[0] == "watch" and len(parts) > 1
    if watches:
        parts = parts[1:]
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        if len(parts) > 2 and parts[2] not in ("status", "finalize"):
            parts = parts[2:]
    resource, name, subresource = (*parts[:3], "", "")[:3]
    if not name:
        verb = {"get": "list", "delete": "deletecollection"}.get(verb, verb)
        selector = query.get("fieldSelector", "")
        if selector.startswith("metadata.name=") and "," not in selector:
            name = selector.removeprefix("metadata.name=")
    if verb in ("get", "list") and (watches or (verb == "list" and query.get("watch") in ("true", "1"))):
        verb = "watch"
    return Wish(verb, path, group, resource, subresource, namespace, name)


def paths_of(user: User) -> list[tuple[str, ...]]:
    """Which paths a user may read, by role; an administrator all others, too."""
    return [paths for group, paths in _ROLES if group in user.groups]


def may(user: User, wish: Wish) -> bool:
    if user.is_administrator:
        return True
    if wish.resource:
        reviews = wish.verb == "create" and not wish.subresource and (wish.group, wish.resource) in _REVIEWS
        return reviews and AUTHENTICATED in user.groups
    return wish.verb == "get" and any(_covers(pattern, wish.path) for role in paths_of(user) for pattern in role)


def _covers(pattern: str, path: str) -> bool:
    return path.startswith(pattern[:-1]) if pattern.endswith("*") else path == pattern


def check(user: User, wish: Wish) -> None:
    """Raises: `StatusError` 403, in the words of the API server."""
    if may(user, wish):
        return
    if not wish.resource:
        text = f'forbidden: User "{user.name}" cannot {wish.verb} path "{wish.path}"'
        raise StatusError(403, "Forbidden", text, {})
    qualified = f"{wish.resource}.{wish.group}" if wish.group else wish.resource
    head = f'{qualified} "{wish.name}"' if wish.name else qualified
    what = f"{wish.resource}/{wish.subresource}" if wish.subresource else wish.resource
    where = f'in the namespace "{wish.namespace}"' if wish.namespace else "at the cluster scope"
    text = (
        f'{head} is forbidden: User "{user.name}" cannot {wish.verb} resource "{what}" in API group "{wish.group}" '
        f"{where}"
    )
    details = {"name": wish.name, "group": wish.group, "kind": wish.resource}
    raise StatusError(403, "Forbidden", text, {key: value for key, value in details.items() if value})
