"""The scale subresource of Deployments and ReplicaSets: autoscaling/v1 Scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from aiohttp import web

from tutor.kube.times import format_unix
from tutor.practice.api import field_validation
from tutor.practice.api.answers import json_answer, warning_header
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import WriteOptions, write_options
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
    options = write_options(request, "UpdateOptions")
    body = await read_object(request, target.resource, "Scale", API_VERSION)
    wanted, warnings = field_validation.check_object(body.content, body, options.validation)
    return _written(context, target, wanted, options, warnings)


async def patch(context: Context, request: web.Request, target: Target) -> web.Response:
    if request.content_type not in (STRATEGIC, MERGE, JSON):
        raise UnsupportedMediaType("415: Unsupported Media Type")
    options = write_options(request, "PatchOptions")
    kind = request.content_type
    body = read_patch(await request.read(), kind)
    scale = scale_of(existing(context.store, target))
    patched = patched_object(scale, body, kind, API_VERSION, "Scale")
    form: Literal["strategic", "whole"] = "strategic" if kind == STRATEGIC else "whole"
    wanted, warnings = field_validation.check_patched(
        patched, body.content, body.duplicates, options.validation, form, scale
    )
    return _written(context, target, wanted, options, warnings)


def _written(
    context: Context, target: Target, scale: Object, options: WriteOptions, warnings: Sequence[str]
) -> web.Response:
    """Raises: `Invalid`, `Conflict`."""
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
    answer = json_answer(scale_of(update_object(context, plain, wanted, stored, options, applied=True)))
    for text in warnings:
        answer.headers.add(*warning_header(text))
    return answer
