"""Who am I, and may I."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tutor.kube.schema.validation.field_error import invalid
from tutor.kube.times import format_unix
from tutor.practice.access import rights
from tutor.practice.access.rights import Wish
from tutor.practice.api import ownership
from tutor.practice.api.answers import json_answer
from tutor.practice.api.authentication import user_of
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import write_options
from tutor.practice.api.target import Target
from tutor.practice.store.errors import Invalid

Object = dict[str, Any]

_RULES: list[Object] = [
    {
        "verbs": ["create"],
        "apiGroups": ["authorization.k8s.io"],
        "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    },
    {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]},
]
_ALL_RULES: list[Object] = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}, *_RULES]
"""What v1.34.2 tells an administrator; others see no "*"."""


async def review(context: Context, request: web.Request, target: Target) -> web.Response:
    body = await read_object(request, target.resource)
    user = user_of(request)
    obj: dict[str, Any] = {"kind": target.resource.kind, "apiVersion": target.resource.api_version, "metadata": {}}
    if target.resource.kind == "SelfSubjectReview":
        obj["metadata"] = {"creationTimestamp": format_unix(context.clock.now())}
        return json_answer({**obj, "status": {"userInfo": user.info()}}, 201)
    spec = body.content.get("spec") or {}
    if target.resource.kind == "SelfSubjectAccessReview":
        _check_attributes(spec)
        manager = write_options(request).manager
        owned = ownership.updated(None, {**obj, "spec": spec}, manager, context.clock.now())
        return json_answer({**owned, "status": {"allowed": rights.may(user, _wish(spec))}}, 201)
    urls: list[Object] = [{"verbs": ["get"], "nonResourceURLs": list(paths)} for paths in rights.paths_of(user)]
    rules = _RULES
    if user.is_administrator:
        rules, urls = _ALL_RULES, [{"verbs": ["*"], "nonResourceURLs": ["*"]}, *urls]
    status = {"resourceRules": rules, "nonResourceRules": urls, "incomplete": False}
    return json_answer({**obj, "spec": {}, "status": status}, 201)


def _wish(spec: Mapping[str, Any]) -> Wish:
    asked = spec.get("nonResourceAttributes")
    if asked:
        return Wish(asked.get("verb", ""), asked.get("path", ""))
    asked = spec["resourceAttributes"]
    keys = ("group", "resource", "subresource", "namespace", "name")
    group, resource, subresource, namespace, name = (asked.get(key, "") for key in keys)
    return Wish(asked.get("verb", ""), "", group, resource or "*", subresource, namespace, name)


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
