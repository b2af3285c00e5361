"""A token that the API has made is good for the API, until it expires or its ServiceAccount is deleted."""

from __future__ import annotations

from typing import Any

from aiohttp.test_utils import TestClient

from tests.fakes import FakeClock
from tutor.practice.api.context import Context

ACCOUNT = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "reader", "namespace": "default"}}
TOKENS = "/api/v1/namespaces/default/serviceaccounts/reader/token"
WHO = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


async def _asked(client: TestClient, method: str, path: str, token: str = "", body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.request(method, path, json=body, headers=headers) as response:
        return response.status, await response.json()


async def test_a_token_is_good_until_it_expires(client: TestClient, context: Context) -> None:
    clock = context.clock
    assert isinstance(clock, FakeClock)
    context.store.create(ACCOUNT)
    code, made = await _asked(client, "POST", TOKENS, body={"spec": {"expirationSeconds": 600}})
    assert code == 201
    token = made["status"]["token"]
    code, review = await _asked(client, "POST", WHO, token, {})
    assert code == 201
    assert review["status"]["userInfo"]["username"] == "system:serviceaccount:default:reader"
    assert (await _asked(client, "GET", "/version", token))[0] == 200
    code, refused = await _asked(client, "GET", "/api/v1/namespaces/default/pods", token)
    assert (code, refused["details"]) == (403, {"kind": "pods"})
    await clock.advance(600)
    assert (await _asked(client, "POST", WHO, token, {}))[0] == 401
    assert (await _asked(client, "GET", "/version", token))[0] == 401


async def test_a_token_ends_with_its_service_account(client: TestClient, context: Context) -> None:
    context.store.create(ACCOUNT)
    _, made = await _asked(client, "POST", TOKENS, body={})
    token = made["status"]["token"]
    assert (await _asked(client, "POST", WHO, token, {}))[0] == 201
    context.store.delete("ServiceAccount", "default", "reader")
    assert (await _asked(client, "POST", WHO, token, {}))[0] == 401


async def test_a_service_account_cannot_stop_or_write(client: TestClient, context: Context) -> None:
    context.store.create(ACCOUNT)
    _, made = await _asked(client, "POST", TOKENS, body={})
    token = made["status"]["token"]
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    assert (await _asked(client, "POST", "/api/v1/namespaces/default/configmaps", token, body))[0] == 403
    assert context.store.get("ConfigMap", "default", "x") is None


async def test_others_can_find_the_key(client: TestClient) -> None:
    code, issuer = await _asked(client, "GET", "/.well-known/openid-configuration")
    assert (code, issuer["issuer"]) == (200, "https://kubernetes.default.svc")
    code, keys = await _asked(client, "GET", "/openid/v1/jwks")
    assert (code, [key["alg"] for key in keys["keys"]]) == (200, ["RS256"])
