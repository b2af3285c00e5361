"""Whom a token speaks for, and until when."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tutor.practice.access import tokens
from tutor.practice.access.signing_key import SigningKey, encoded

NOW = 1_795_646_062
KEY = SigningKey()


def obj(kind: str, namespace: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name, "namespace": namespace, "uid": f"uid-of-{name}"}}


ACCOUNT = obj("ServiceAccount", "shop", "reader")
POD = obj("Pod", "shop", "holder")
NODE = obj("Node", "", "minikube")
SECRET = obj("Secret", "shop", "key")


class Objects:
    def __init__(self, *there: Mapping[str, Any]) -> None:
        self.there = {(one["kind"], one["metadata"]["namespace"], one["metadata"]["name"]): one for one in there}

    def __call__(self, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        return self.there.get((kind, namespace, name))


ALL = Objects(ACCOUNT, POD, NODE, SECRET)


def token(*bound: Mapping[str, Any], audiences: tuple[str, ...] = (tokens.ISSUER,)) -> str:
    return tokens.made(KEY, ACCOUNT, bound, audiences, NOW, 600)


def part(text: str, index: int) -> dict[str, Any]:
    piece = text.split(".")[index]
    content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    return content


def test_the_claims_are_those_of_a_real_servers_tokens() -> None:
    made = token(POD, NODE)
    claims = part(made, 1)
    assert part(made, 0) == {"alg": "RS256", "kid": KEY.identifier}
    # v1.34.2: a token that was bound to a pod.
    assert list(claims) == ["aud", "exp", "iat", "iss", "jti", "kubernetes.io", "nbf", "sub"]
    assert claims["aud"] == ["https://kubernetes.default.svc"]
    assert (claims["iat"], claims["nbf"], claims["exp"]) == (NOW, NOW, NOW + 600)
    assert claims["sub"] == "system:serviceaccount:shop:reader"
    assert claims["kubernetes.io"] == {
        "namespace": "shop",
        "node": {"name": "minikube", "uid": "uid-of-minikube"},
        "pod": {"name": "holder", "uid": "uid-of-holder"},
        "serviceaccount": {"name": "reader", "uid": "uid-of-reader"},
    }


def test_it_speaks_for_its_service_account() -> None:
    user = tokens.user_of(token(), KEY, ALL, NOW)
    assert user is not None
    assert user.name == "system:serviceaccount:shop:reader"
    assert user.uid == "uid-of-reader"
    assert user.groups == ("system:serviceaccounts", "system:serviceaccounts:shop", "system:authenticated")
    assert not user.is_administrator


def test_of_a_pod_it_tells_pod_and_node() -> None:
    user = tokens.user_of(token(POD, NODE), KEY, ALL, NOW)
    assert user is not None
    assert {key.partition("/")[2]: value for key, value in user.extra.items() if "credential" not in key} == {
        "node-name": ("minikube",),
        "node-uid": ("uid-of-minikube",),
        "pod-name": ("holder",),
        "pod-uid": ("uid-of-holder",),
    }


@pytest.mark.parametrize(("after", "counts"), [(-1, False), (0, True), (599, True), (600, False), (100_000, False)])
def test_it_counts_from_when_it_is_made_until_it_expires(after: int, counts: bool) -> None:
    assert (tokens.user_of(token(), KEY, ALL, NOW + after) is not None) is counts


@pytest.mark.parametrize(
    ("bound", "there"),
    [
        ((), Objects(POD, NODE, SECRET)),
        ((POD, NODE), Objects(ACCOUNT, NODE)),
        ((NODE,), Objects(ACCOUNT)),
        ((SECRET,), Objects(ACCOUNT)),
        ((), Objects({**ACCOUNT, "metadata": {**ACCOUNT["metadata"], "uid": "another"}})),
    ],
    ids=["no account", "no pod", "no node", "no secret", "account made anew"],
)
def test_it_ends_with_what_it_is_bound_to(bound: tuple[Mapping[str, Any], ...], there: Objects) -> None:
    assert tokens.user_of(token(*bound), KEY, ALL, NOW) is not None
    assert tokens.user_of(token(*bound), KEY, there, NOW) is None


def test_a_token_for_others_does_not_count_here() -> None:
    assert tokens.user_of(token(audiences=("elsewhere",)), KEY, ALL, NOW) is None
    assert tokens.user_of(token(audiences=("elsewhere", tokens.ISSUER)), KEY, ALL, NOW) is not None


def test_what_this_cluster_has_not_signed_does_not_count() -> None:
    good = token()
    head, body, signature = good.split(".")
    claims = {**part(good, 1), "sub": "system:serviceaccount:kube-system:default", "exp": NOW + 10**9}
    forged = encoded(json.dumps(claims).encode())
    unsigned = encoded(b'{"alg":"none"}')
    for text in (
        "",
        "bogus",
        "a.b.c",
        "eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
        f"{head}.{forged}.{signature}",
        f"{unsigned}.{forged}.",
        f"{head}.{body}.{signature[:-4]}",
        f"{head}.{body}.{signature}x",
        f"{head}.{body}",
        f"{good}.x",
        "\N{SNOWMAN}.e30.AAAA",
        f"{encoded(b'[' * 100_000)}.e30.AAAA",
    ):
        assert tokens.user_of(text, KEY, ALL, NOW) is None, text
    assert tokens.user_of(good, SigningKey(), ALL, NOW) is None
