"""What a ServiceAccount may do: as a new v1.34.2 answered; and in which words the rest is refused."""

from __future__ import annotations

import pytest

from tutor.practice.access import rights
from tutor.practice.access.user import ADMINISTRATOR, User
from tutor.practice.store.errors import StatusError

ACCOUNT = User("system:serviceaccount:shop:reader", ("system:serviceaccounts", "system:authenticated"))
PODS = "/api/v1/namespaces/shop/pods"
SERVICES = "/api/v1/namespaces/shop/services"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api"),
        ("GET", "/api/v1"),
        ("GET", "/apis/apps/v1"),
        ("GET", "/openapi/v3/api/v1"),
        ("GET", "/version"),
        ("GET", "/healthz"),
        ("GET", "/openid/v1/jwks"),
        ("GET", "/.well-known/openid-configuration"),
        ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews"),
        ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
    ],
)
def test_everybody_may_find_out_what_there_is(method: str, path: str) -> None:
    rights.check(ACCOUNT, rights.wish_of(method, path, {}))


IN_SHOP = 'in the namespace "shop"'
IN_ALL = "at the cluster scope"


@pytest.mark.parametrize(
    ("method", "path", "object_", "verb", "resource", "group", "where"),
    [
        ("GET", PODS, "pods", "list", "pods", "", IN_SHOP),
        ("GET", f"{PODS}/x", 'pods "x"', "get", "pods", "", IN_SHOP),
        ("GET", f"{PODS}?watch=true", "pods", "watch", "pods", "", IN_SHOP),
        ("GET", "/api/v1/watch/pods", "pods", "watch", "pods", "", IN_ALL),
        ("GET", f"{PODS}?fieldSelector=metadata.name=x", 'pods "x"', "list", "pods", "", IN_SHOP),
        ("GET", f"{PODS}/x/exec", 'pods "x"', "get", "pods/exec", "", IN_SHOP),
        ("DELETE", PODS, "pods", "deletecollection", "pods", "", IN_SHOP),
        ("GET", "/api/v1/namespaces/shop", 'namespaces "shop"', "get", "namespaces", "", IN_SHOP),
        ("GET", "/api/v1/namespaces/shop/status", 'namespaces "shop"', "get", "namespaces/status", "", IN_SHOP),
        ("POST", "/apis/apps/v1/deployments", "deployments.apps", "create", "deployments", "apps", IN_ALL),
        ("GET", f"{SERVICES}/x:80/proxy/a", 'services "x:80"', "get", "services/proxy", "", IN_SHOP),
        ("GET", "/apis/nope.io/v1/foos", "foos.nope.io", "list", "foos", "nope.io", IN_ALL),
    ],
)
def test_other_resources_are_refused_in_the_servers_words(
    method: str, path: str, object_: str, verb: str, resource: str, group: str, where: str
) -> None:
    bare, _, query = path.partition("?")
    key, _, value = query.partition("=")
    wish = rights.wish_of(method, bare, {key: value} if query else {})
    with pytest.raises(StatusError) as refusal:
        rights.check(ACCOUNT, wish)
    assert refusal.value.code == 403
    assert refusal.value.message == (
        f'{object_} is forbidden: User "system:serviceaccount:shop:reader" cannot {verb} resource "{resource}" '
        f'in API group "{group}" {where}'
    )
    rights.check(ADMINISTRATOR, wish)


@pytest.mark.parametrize(
    ("method", "path", "verb"),
    [
        ("GET", "/", "get"),
        ("GET", "/healthz/ping", "get"),
        ("DELETE", "/healthz", "delete"),
        ("HEAD", "/version", "head"),
    ],
)
def test_other_paths_are_refused_in_the_servers_words(method: str, path: str, verb: str) -> None:
    wish = rights.wish_of(method, path, {})
    with pytest.raises(StatusError) as refusal:
        rights.check(ACCOUNT, wish)
    assert (refusal.value.code, refusal.value.details) == (403, {})
    assert refusal.value.message == f'forbidden: User "system:serviceaccount:shop:reader" cannot {verb} path "{path}"'
    rights.check(ADMINISTRATOR, wish)
