"""Who am I, and may I: whoever has the token may do everything."""

from __future__ import annotations

from aiohttp import web

from tutor.kube.times import format_unix
from tutor.practice.api.answers import json_answer
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.target import Target

USER = "practice-user"


async def review(context: Context, request: web.Request, target: Target) -> web.Response:
    body = await read_object(request, target.resource)
    obj = {"kind": target.resource.kind, "apiVersion": target.resource.api_version, "metadata": {}}
    if target.resource.kind == "SelfSubjectReview":
        obj["metadata"] = {"creationTimestamp": format_unix(context.clock.now())}
        return json_answer(
            {**obj, "status": {"userInfo": {"username": USER, "groups": ["system:masters", "system:authenticated"]}}},
            201,
        )
    spec = body.content.get("spec") or {}
    if target.resource.kind == "SelfSubjectAccessReview":
        return json_answer({**obj, "spec": spec, "status": {"allowed": True}}, 201)
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    status = {
        "resourceRules": [everything],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
        "incomplete": False,
    }
    return json_answer({**obj, "spec": {}, "status": status}, 201)
