"""Who am I, and may I: whoever has the token may do everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tutor.kube.schema.validation.field_error import invalid
from tutor.kube.times import format_unix
from tutor.practice.api import ownership
from tutor.practice.api.answers import json_answer
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import write_options
from tutor.practice.api.target import Target
from tutor.practice.store.errors import Invalid

USER = "practice-user"
_RULES = [
    {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]},
    {
        "verbs": ["create"],
        "apiGroups": ["authorization.k8s.io"],
        "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    },
    {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]},
]
_HEALTH_URLS = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
_DISCOVERY_URLS = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"]
_URLS = [
    {"verbs": ["*"], "nonResourceURLs": ["*"]},
    {"verbs": ["get"], "nonResourceURLs": _HEALTH_URLS},
    {"verbs": ["get"], "nonResourceURLs": sorted(_DISCOVERY_URLS + _HEALTH_URLS)},
]
"""What v1.34.2 tells an administrator."""


async def review(context: Context, request: web.Request, target: Target) -> web.Response:
    body = await read_object(request, target.resource)
    obj: dict[str, Any] = {"kind": target.resource.kind, "apiVersion": target.resource.api_version, "metadata": {}}
    if target.resource.kind == "SelfSubjectReview":
        obj["metadata"] = {"creationTimestamp": format_unix(context.clock.now())}
        return json_answer(
            {**obj, "status": {"userInfo": {"username": USER, "groups": ["system:masters", "system:authenticated"]}}},
            201,
        )
    spec = body.content.get("spec") or {}
    if target.resource.kind == "SelfSubjectAccessReview":
        _check_attributes(spec)
        manager = write_options(request).manager
        owned = ownership.updated(None, {**obj, "spec": spec}, manager, context.clock.now())
        return json_answer({**owned, "status": {"allowed": True}}, 201)
    status = {"resourceRules": _RULES, "nonResourceRules": _URLS, "incomplete": False}
    return json_answer({**obj, "spec": {}, "status": status}, 201)


def _check_attributes(spec: Mapping[str, Any]) -> None:
    """Raises: `Invalid`."""
    if bool(spec.get("resourceAttributes")) != bool(spec.get("nonResourceAttributes")):
        return
    text = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
    error = invalid(("spec", "resourceAttributes"), None, text)
    group = "authorization.k8s.io"
    refusal = Invalid("", "", f'.{group} "" is invalid: {error.field}: {error.message}', [error.cause()])
    refusal.details = {"group": group, "causes": [error.cause()]}
    raise refusal
