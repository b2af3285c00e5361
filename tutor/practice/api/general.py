"""URLs that name no object: version, health, discovery, OpenAPI."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tutor.practice.access import tokens
from tutor.practice.api import discovery, negotiation, openapi
from tutor.practice.api.answers import json_answer
from tutor.practice.api.context import Context
from tutor.practice.store.errors import StatusError

VERSION = {
    "major": "1",
    "minor": "34",
    "emulationMajor": "1",
    "emulationMinor": "34",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "33",
    "gitVersion": "v1.34.2",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.24.10",
    "compiler": "gc",
    "platform": "linux/amd64",
}
"""The version whose rules the practice cluster follows."""

_HEALTH = ("/healthz", "/livez", "/readyz")
PUBLIC = frozenset({*_HEALTH, "/version"})
_CHECKS = ("ping", "log", "etcd")
"""Of a real server's checks those that have a meaning here."""


def answer(context: Context, request: web.Request) -> web.Response:
    """Raises: `StatusError` 404, 405."""
    path = request.path.rstrip("/") or "/"
    if request.method not in ("GET", "HEAD"):
        if path in PUBLIC or path.startswith(("/api", "/openapi")):
            raise method_not_allowed()
        raise no_such_resource()
    if path == "/version":
        return json_answer(VERSION)
    head, _, check = path.removeprefix("/").partition("/")
    if f"/{head}" in _HEALTH and (not check or check in _CHECKS):
        return _health(context, request, head)
    if path == "/openapi/v2":
        return openapi.v2(request)
    if path == "/openapi/v3":
        return openapi.index()
    if path.startswith("/openapi/v3/"):
        return openapi.document(request, path.removeprefix("/openapi/v3/"))
    if path == "/.well-known/openid-configuration":
        return json_answer(_issuer(context), headers={"Cache-Control": "public, max-age=3600"})
    if path == "/openid/v1/jwks":
        answer = {"keys": [context.signing_key.public()]}
        headers = {"Cache-Control": "public, max-age=3600"}
        return json_answer(answer, content_type="application/jwk-set+json", headers=headers)
    if path == "/":
        return json_answer({"paths": _paths()})
    found = _discovery(context, request, path)
    if found is not None:
        return found
    if path.startswith("/api/") or (path.startswith("/apis/") and path.count("/") > 2):
        raise no_such_resource()
    return web.Response(text="404 page not found\n", status=404)


def _issuer(context: Context) -> dict[str, Any]:
    """Where others find the key that proves ServiceAccounts' tokens."""
    return {
        "issuer": tokens.ISSUER,
        "jwks_uri": f"https://{context.address}/openid/v1/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def _health(context: Context, request: web.Request, which: str) -> web.Response:
    headers = {"Cache-Control": "no-cache, private", "X-Content-Type-Options": "nosniff"}
    if which == "readyz" and not context.ready:
        return web.Response(text="[-]practice cluster is starting\nreadyz check failed\n", status=500, headers=headers)
    if "verbose" in request.query:
        lines = [f"[+]{check} ok" for check in _CHECKS]
        return web.Response(text="\n".join([*lines, f"{which} check passed", ""]), headers=headers)
    return web.Response(text="ok", headers=headers)


def _discovery(context: Context, request: web.Request, path: str) -> web.Response | None:
    parts = path.strip("/").split("/")
    root = parts[0]
    if path in ("/api", "/apis"):
        if negotiation.wants_aggregated_discovery(request.headers.get("Accept", "")):
            return json_answer(discovery.aggregated(root), content_type=discovery.AGGREGATED_TYPE)
        return json_answer(discovery.api_versions(context.address) if root == "api" else discovery.group_list())
    found = None
    if root == "api" and len(parts) == 2:
        found = discovery.resource_list("", parts[1])
    elif root == "apis" and len(parts) == 2:
        found = discovery.group(parts[1])
    elif root == "apis" and len(parts) == 3:
        found = discovery.resource_list(parts[1], parts[2])
    return json_answer(found) if found else None


def _paths() -> list[str]:
    paths = ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2"]
    paths += ["/openapi/v3", "/openid/v1/jwks", "/readyz", "/version"]
    paths += [f"/apis/{version}" for version in discovery.group_versions()[1:]]
    return sorted(paths)


def method_not_allowed() -> StatusError:
    text = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", text, {})


def no_such_resource() -> StatusError:
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})
