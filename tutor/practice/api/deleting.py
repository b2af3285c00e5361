"""Delete one object or all that match, and evict a pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web

from tutor.kube.schema.validation.field_error import invalid, not_supported
from tutor.practice.admission.admit import PERMANENT_NAMESPACES
from tutor.practice.api.answers import json_answer, object_answer
from tutor.practice.api.bodies import parse_json, read_object
from tutor.practice.api.context import Context
from tutor.practice.api.forms import Form
from tutor.practice.api.options import options_invalid
from tutor.practice.api.reading import existing
from tutor.practice.api.selection import selection
from tutor.practice.api.target import Target
from tutor.practice.protobuf import decode
from tutor.practice.store.errors import BadRequest, Conflict, Forbidden, StatusError

Object = dict[str, Any]

_ANSWERED_WITH_OBJECT = frozenset({"Service", "ServiceAccount"})
"""Kinds whose deletion is answered with the object even where it is gone."""


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """metav1.DeleteOptions; `grace` in seconds, None: the object's own."""

    grace: int | None
    propagation: str
    uid: str | None
    version: str | None
    dry_run: bool


async def read_options(request: web.Request) -> DeleteOptions:
    """From the body and the query. Raises: `BadRequest`."""
    text = await request.read()
    body: Any = {}
    if text.strip():
        try:
            protobuf_type = request.content_type == "application/vnd.kubernetes.protobuf"
            body = decode(text) if protobuf_type else parse_json(text).content
        except ValueError as error:
            # A real server takes it for its own fault.
            raise StatusError(500, "", f"couldn't get version/kind; json parse error: {error}") from error
    body = body if isinstance(body, dict) else {}
    kind, version = body.get("kind") or "DeleteOptions", body.get("apiVersion") or "v1"
    if kind != "DeleteOptions":
        why = f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:110"'
        raise StatusError(500, "", why)
    return options_of(body, request)


def options_of(body: Object, request: web.Request) -> DeleteOptions:
    query = request.query
    grace = body.get("gracePeriodSeconds", query.get("gracePeriodSeconds"))
    propagation = body.get("propagationPolicy") or query.get("propagationPolicy")
    orphan = body.get("orphanDependents", query.get("orphanDependents"))
    if propagation and orphan is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        raise options_invalid("DeleteOptions", [invalid(("propagationPolicy",), propagation, why)])
    if not propagation:
        propagation = "Orphan" if orphan in (True, "true") else "Background"
    if propagation not in ("Background", "Foreground", "Orphan"):
        policies = ("Foreground", "Background", "Orphan", "nil")
        raise options_invalid("DeleteOptions", [not_supported(("propagationPolicy",), propagation, policies)])
    given = cast("list[str]", body.get("dryRun") or query.getall("dryRun", []))
    dry_runs = [value for value in given if value]
    if any(value != "All" for value in dry_runs):
        raise options_invalid("DeleteOptions", [not_supported(("dryRun",), dry_runs, ("All",))])
    preconditions = body.get("preconditions") or {}
    dry_run = bool(dry_runs)
    try:
        seconds = int(grace) if grace is not None else None
    except (TypeError, ValueError) as error:
        raise BadRequest(f"invalid gracePeriodSeconds: {grace!r}") from error
    return DeleteOptions(seconds, propagation, preconditions.get("uid"), preconditions.get("resourceVersion"), dry_run)


async def delete(context: Context, request: web.Request, target: Target) -> web.Response:
    options = await read_options(request)
    stored = existing(context.store, target)
    there = delete_object(context, stored, options)
    if there is not None:
        return object_answer(context, request, target.resource, there)
    if stored["kind"] == "Pod":
        marked = context.store.marked_for_deletion(stored, options.propagation, options.grace)
        return object_answer(context, request, target.resource, marked)
    if stored["kind"] in _ANSWERED_WITH_OBJECT:
        return object_answer(context, request, target.resource, stored)
    details = {"name": target.name, "kind": target.resource.plural, "uid": stored["metadata"]["uid"]}
    if target.resource.group:
        details = {"name": target.name, "group": target.resource.group, **details}
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return json_answer(status)


def delete_object(context: Context, stored: Object, options: DeleteOptions) -> Object | None:
    """The object if it is still there. Raises: `Conflict`, `Forbidden`."""
    kind, metadata = str(stored["kind"]), stored["metadata"]
    name, namespace = metadata["name"], metadata.get("namespace", "")
    if kind == "Namespace" and name in PERMANENT_NAMESPACES:
        raise Forbidden(kind, name, "this namespace may not be deleted")
    if options.version and options.version != metadata["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({options.version}) does not match the ResourceVersion in "
            f"record ({metadata['resourceVersion']}). The object might have been modified"
        )
        raise Conflict(kind, name, why, by_kind=True)
    if options.dry_run:
        marked = context.store.marked_for_deletion(stored, options.propagation, options.grace)
        waits = marked["metadata"].get("finalizers") or marked["metadata"].get("deletionGracePeriodSeconds")
        return marked if waits else None
    return context.store.delete(
        kind, namespace, name, propagation=options.propagation, grace=options.grace, uid=options.uid
    )


async def delete_collection(context: Context, request: web.Request, target: Target) -> web.Response:
    options = await read_options(request)
    chosen = selection(target, request.query)
    objects = [obj for obj in context.store.list(chosen.kind, chosen.namespace) if chosen.matches(obj)]
    for obj in objects:
        delete_object(context, obj, options)
    metadata = {"resourceVersion": str(context.store.resource_version)}
    form = Form.of(request, target.resource)
    return json_answer(form.many(context.encoded, objects, metadata, context.clock.now()))


async def evict(context: Context, request: web.Request, target: Target) -> web.Response:
    body = await read_object(request, target.resource, "Eviction", "policy/v1")
    if body.content["metadata"].get("name", target.name) != target.name:
        raise BadRequest("name in URL does not match name in Eviction object")
    stored = existing(context.store, target)
    delete_object(context, stored, options_of(body.content.get("deleteOptions") or {}, request))
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    return json_answer(status, 201)
