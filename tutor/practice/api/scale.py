"""The scale subresource of Deployments and ReplicaSets: autoscaling/v1 Scale."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tutor.kube.times import format_unix
from tutor.practice.api.answers import json_answer
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import write_options
from tutor.practice.api.patches import JSON, MERGE, STRATEGIC, patched_object, read_patch
from tutor.practice.api.reading import existing
from tutor.practice.api.tables.column import NONE, selector_text
from tutor.practice.api.target import Target
from tutor.practice.api.writing import check_names, update_object
from tutor.practice.patching.scale_fields import scaled
from tutor.practice.store.errors import Conflict, Invalid, UnsupportedMediaType

Object = dict[str, Any]

API_VERSION = "autoscaling/v1"


def scale_of(obj: Object) -> Object:
    metadata = obj["metadata"]
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    replicas = obj["spec"].get("replicas", 1)
    selector = selector_text(obj["spec"].get("selector"))
    return {
        "kind": "Scale",
        "apiVersion": API_VERSION,
        "metadata": {key: metadata[key] for key in kept if key in metadata},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {
            "replicas": obj.get("status", {}).get("replicas", 0),
            "selector": "" if selector == NONE else selector,
        },
    }


def get(context: Context, target: Target) -> web.Response:
    return json_answer(scale_of(existing(context.store, target)))


async def replace(context: Context, request: web.Request, target: Target) -> web.Response:
    body = await read_object(request, target.resource, "Scale", API_VERSION)
    return _written(context, request, target, body.content)


async def patch(context: Context, request: web.Request, target: Target) -> web.Response:
    if request.content_type not in (STRATEGIC, MERGE, JSON):
        raise UnsupportedMediaType("415: Unsupported Media Type")
    body = read_patch(await request.read(), request.content_type)
    scale = scale_of(existing(context.store, target))
    # A Scale has no lists: strategic and plain merge do the same.
    form = MERGE if request.content_type == STRATEGIC else request.content_type
    return _written(context, request, target, patched_object(scale, body, form, API_VERSION, "Scale"))


def _written(context: Context, request: web.Request, target: Target, scale: Object) -> web.Response:
    """Raises: `Invalid`, `Conflict`."""
    options = write_options(request, "UpdateOptions")
    check_names(target, scale["metadata"])
    stored = existing(context.store, target)
    replicas = (scale.get("spec") or {}).get("replicas", 0)
    if not isinstance(replicas, int) or replicas < 0:
        text = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = {"reason": "FieldValueInvalid", "message": text, "field": "spec.replicas"}
        message = f'Scale.autoscaling "{target.name}" is invalid: spec.replicas: {text}'
        error = Invalid("Scale", target.name, message, [cause])
        error.details = {"name": target.name, "group": "autoscaling", "kind": "Scale", "causes": [cause]}
        raise error
    version = scale["metadata"].get("resourceVersion")
    if version and version != stored["metadata"]["resourceVersion"]:
        raise Conflict(stored["kind"], target.name)
    before, now = scale_of(stored), format_unix(context.clock.now())
    after = {**before, "spec": {"replicas": replicas} if replicas else {}}
    metadata = {**stored["metadata"], "managedFields": scaled(stored, before, after, options.manager, now)}
    wanted = {**stored, "spec": {**stored["spec"], "replicas": replicas}, "metadata": metadata}
    plain = Target(target.resource, target.namespace, target.name)
    return json_answer(scale_of(update_object(context, plain, wanted, stored, options, applied=True)))
