"""Tokens of ServiceAccounts: JSON Web Tokens, good until they expire or what they are bound to is deleted."""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.practice.access.signing_key import SigningKey, encoded
from tutor.practice.access.user import SERVICE_ACCOUNT, User, service_account

Object = Mapping[str, Any]
Find = Callable[[str, str, str], Object | None]
"""(kind, namespace, name) → the object of the cluster."""

ISSUER = "https://kubernetes.default.svc"
"""Of the tokens, and the audience that the API server itself belongs to."""
_PRIVATE = "kubernetes.io"
_EXTRA = "authentication.kubernetes.io/"


def made(
    key: SigningKey, account: Object, bound: Sequence[Object], audiences: Sequence[str], now: int, seconds: int
) -> str:
    """A token for a ServiceAccount. `bound`: a Pod and its Node, a Node or a Secret; `now` in Unix seconds."""
    namespace, name = account["metadata"]["namespace"], account["metadata"]["name"]
    of_objects = {obj["kind"].lower(): _reference(obj) for obj in bound}
    claims = {
        "aud": list(audiences),
        "exp": now + seconds,
        "iat": now,
        "iss": ISSUER,
        "jti": str(uuid.uuid4()),
        _PRIVATE: {"namespace": namespace, **of_objects, "serviceaccount": _reference(account)},
        "nbf": now,
        "sub": f"{SERVICE_ACCOUNT}{namespace}:{name}",
    }
    head = {"alg": "RS256", "kid": key.identifier}
    signed = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    return f"{signed}.{encoded(key.sign(signed.encode()))}"


def _reference(obj: Object) -> dict[str, str]:
    return {"name": obj["metadata"]["name"], "uid": obj["metadata"]["uid"]}


def user_of(token: str, key: SigningKey, find: Find, now: float) -> User | None:
    """Whom a token speaks for; None where it is not ours, not for the API server, expired, or its object is gone."""
    claims = _claims(token, key)
    if claims is None or ISSUER not in claims["aud"] or not claims["nbf"] <= now < claims["exp"]:
        return None
    private = claims[_PRIVATE]
    namespace, account = private["namespace"], private["serviceaccount"]
    for kind, place in (("ServiceAccount", namespace), ("Pod", namespace), ("Secret", namespace)):
        reference = private.get(kind.lower())
        if reference and not _is_there(find(kind, place, reference["name"]), reference):
            return None
    node, pod = private.get("node"), private.get("pod")
    if node and not pod and not _is_there(find("Node", "", node["name"]), node):
        return None
    extra = {f"{_EXTRA}credential-id": (f"JTI={claims['jti']}",)}
    for kind, reference in (("node", node), ("pod", pod)):
        if reference:
            extra[f"{_EXTRA}{kind}-name"] = (reference["name"],)
            extra[f"{_EXTRA}{kind}-uid"] = (reference["uid"],)
    return service_account(namespace, account["name"], account["uid"], extra)


def _is_there(obj: Object | None, reference: Object) -> bool:
    return obj is not None and obj["metadata"]["uid"] == reference["uid"]


def _claims(token: str, key: SigningKey) -> dict[str, Any] | None:
    """Those of a token that we have signed."""
    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    try:
        described = json.loads(_decoded(head))
        if not isinstance(described, dict) or described.get("alg") != "RS256":
            return None
        if not key.verifies(f"{head}.{body}".encode(), _decoded(signature)):
            return None
        claims: dict[str, Any] = json.loads(_decoded(body))
    except (ValueError, RecursionError):
        return None
    return claims


def _decoded(text: str) -> bytes:
    """Raises: `ValueError`."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
