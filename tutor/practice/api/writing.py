"""Create, replace and patch: from what a client sends to what the store keeps."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from tutor.kube import schema
from tutor.practice.api import conversion, field_validation, ownership
from tutor.practice.api.answers import object_answer
from tutor.practice.api.bodies import read_object
from tutor.practice.api.context import Context
from tutor.practice.api.options import WriteOptions, write_options
from tutor.practice.api.reading import existing
from tutor.practice.api.target import Target
from tutor.practice.api.warned import warn
from tutor.practice.patching.go_order import in_go_order
from tutor.practice.store.errors import BadRequest, Invalid

Object = dict[str, Any]


async def create(context: Context, request: web.Request, target: Target) -> web.Response:
    options = write_options(request)
    body = await read_object(request, target.resource)
    obj, warnings = field_validation.check_object(body.content, body, options.validation)
    warn(request, warnings)
    stored = create_object(context, target, obj, options)
    return object_answer(context, request, target.resource, stored, 201, warnings)


def create_object(context: Context, target: Target, obj: Object, options: WriteOptions) -> Object:
    """Raises: `StatusError`."""
    obj = prepared(target, obj)
    context.admission.check_namespace(obj)
    obj["metadata"].pop("managedFields", None)
    obj = drop_status(obj)
    check(context.admission.as_checked(obj), None)
    obj = ownership.updated(None, obj, options.manager, context.clock.now(), "", target.resource.api_version)
    return admitted(context, obj, options)


def admitted(context: Context, obj: Object, options: WriteOptions) -> Object:
    if not options.dry_run:
        return context.store.create(obj)
    stored = context.store.prepared(obj)
    stored["metadata"].pop("resourceVersion", None)
    return stored


def drop_status(obj: Object) -> Object:
    """New objects have the status that the cluster gives them; a Node's own kubelet registers it."""
    if obj["kind"] != "Node":
        obj.pop("status", None)
    return obj


def prepared(target: Target, obj: Object) -> Object:
    """With the URL's namespace, defaults, in the stored version. Raises: `BadRequest` where body and URL differ."""
    metadata = obj["metadata"]
    check_names(target, metadata)
    if target.namespace:
        metadata["namespace"] = target.namespace
    else:
        metadata.pop("namespace", None)
    return schema.set_defaults(conversion.to_stored(obj))


def check_names(target: Target, metadata: Mapping[str, Any]) -> None:
    given = metadata.get("namespace")
    if given and given != target.namespace:
        raise BadRequest("the namespace of the provided object does not match the namespace sent on the request")
    name = metadata.get("name")
    if target.name and name != target.name:
        if not name:
            where = f"{target.name} based on URL"
            raise BadRequest(f"the name of the object ({where}) was undeterminable: name must be provided")
        raise BadRequest(f"the name of the object ({name}) does not match the name on the URL ({target.name})")


def check(obj: Object, old: Object | None) -> None:
    """Raises: `Invalid` with all that the API server finds wrong."""
    errors = schema.validate(obj, old)
    if errors:
        kind, name = str(obj["kind"]), str(obj["metadata"].get("name", ""))
        causes = [error.cause() for error in errors]
        raise Invalid(kind, name, schema.render_invalid(kind, name, errors), causes)


async def replace(context: Context, request: web.Request, target: Target) -> web.Response:
    options = write_options(request, "UpdateOptions")
    body = await read_object(request, target.resource)
    obj, warnings = field_validation.check_object(body.content, body, options.validation)
    warn(request, warnings)
    check_names(target, obj["metadata"])
    stored = existing(context.store, target)
    written = update_object(context, target, obj, stored, options)
    return object_answer(context, request, target.resource, written, 200, warnings)


def update_object(
    context: Context, target: Target, obj: Object, stored: Object, options: WriteOptions, *, applied: bool = False
) -> Object:
    """Write `obj` over `stored`. `applied`: managedFields are right already. Raises: `StatusError`."""
    obj = prepared(target, copy.deepcopy(obj) if applied else obj)
    if "managedFields" not in obj["metadata"] and "managedFields" in stored["metadata"]:
        obj["metadata"]["managedFields"] = stored["metadata"]["managedFields"]
    kind = obj["kind"]
    if kind == "Namespace" and target.subresource != "finalize":
        obj = {**obj, "spec": stored.get("spec", {})}
    subresource = "status" if target.subresource == "status" else ""
    merged, before = context.store.merged(obj, subresource=subresource)
    if merged is not before and not applied:
        # Before anything is allocated: nobody owns what the cluster itself fills in.
        now, version = context.clock.now(), target.resource.api_version
        merged = ownership.updated(before, merged, options.manager, now, subresource, version)
    if kind == "Pod" and not subresource:
        merged = context.admission.changed_pod(merged)
    if kind == "Service" and not subresource:
        merged = context.admission.changed_service(merged, stored)
    merged, before = context.store.merged(merged, subresource=subresource)
    if merged is before:
        return before
    if not subresource:
        check(merged, before)
    merged = in_go_order(merged)
    if options.dry_run:
        return merged
    return context.store.update(merged, subresource=subresource)
