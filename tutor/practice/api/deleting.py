"""Delete one object or all that match, and evict a pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tutor.kube.schema.validation.field_error import not_supported
from tutor.practice.admission.admit import PERMANENT_NAMESPACES
from tutor.practice.api import conversion
from tutor.practice.api.answers import json_answer, object_answer
from tutor.practice.api.bodies import parse_json, read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import options_invalid
from tutor.practice.api.reading import existing
from tutor.practice.api.selection import selection
from tutor.practice.api.target import Target
from tutor.practice.protobuf import decode
from tutor.practice.store.errors import BadRequest, Conflict, Forbidden

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
            raise BadRequest(f"couldn't get version/kind; json parse error: {error}") from error
    return options_of(body if isinstance(body, dict) else {}, request)


def options_of(body: Object, request: web.Request) -> DeleteOptions:
    query = request.query
    grace = body.get("gracePeriodSeconds", query.get("gracePeriodSeconds"))
    propagation = body.get("propagationPolicy") or query.get("propagationPolicy")
    orphan = body.get("orphanDependents", query.get("orphanDependents"))
    if not propagation:
        propagation = "Orphan" if orphan in (True, "true") else "Background"
    if propagation not in ("Background", "Foreground", "Orphan"):
        policies = ("Foreground", "Background", "Orphan", "nil")
        raise options_invalid("DeleteOptions", [not_supported(("propagationPolicy",), propagation, policies)])
    preconditions = body.get("preconditions") or {}
    dry_run = bool(body.get("dryRun")) or "All" in query.getall("dryRun", [])
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
    version = target.resource.api_version
    items = [conversion.to_version(obj, version) for obj in objects]
    metadata = {"resourceVersion": str(context.store.resource_version)}
    return json_answer(
        {"kind": f"{target.resource.kind}List", "apiVersion": version, "metadata": metadata, "items": items}
    )


async def evict(context: Context, request: web.Request, target: Target) -> web.Response:
    body = await read_object(request, target.resource, "Eviction", "policy/v1")
    stored = existing(context.store, target)
    delete_object(context, stored, options_of(body.content.get("deleteOptions") or {}, request))
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    return json_answer(status, 201)
