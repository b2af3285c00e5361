"""PATCH: the four forms, onto the object in the version of the URL."""

from __future__ import annotations

import copy
from typing import Any, Literal

from aiohttp import web

from tutor.kube.schema import kind_schema
from tutor.kube.schema.validation.field_error import invalid, render_invalid
from tutor.kube.times import format_unix
from tutor.practice.api import conversion, field_validation, ownership
from tutor.practice.api.answers import object_answer
from tutor.practice.api.bodies import Body, json_type, parse_json, parse_yaml
from tutor.practice.api.context import Context
from tutor.practice.api.options import WriteOptions, write_options
from tutor.practice.api.reading import existing
from tutor.practice.api.target import Target
from tutor.practice.api.warned import warn
from tutor.practice.api.writing import admitted, check, check_names, drop_status, prepared, update_object
from tutor.practice.patching.apply import ApplyConflict, server_side_apply
from tutor.practice.patching.managed import Manager
from tutor.practice.patching.merge import merge_patch
from tutor.practice.patching.operations import MAX_OPERATIONS, json_patch
from tutor.practice.patching.strategic import BadPatch, strategic_merge
from tutor.practice.store.errors import BadRequest, Conflict, Invalid, StatusError, UnsupportedMediaType

Object = dict[str, Any]

APPLY = "application/apply-patch+yaml"
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
JSON = "application/json-patch+json"


async def patch(context: Context, request: web.Request, target: Target) -> web.Response:
    """Raises: `StatusError`."""
    content_type = request.content_type
    if content_type not in (APPLY, STRATEGIC, MERGE, JSON):
        raise UnsupportedMediaType("415: Unsupported Media Type")
    options = write_options(request, "PatchOptions", applying=content_type == APPLY)
    text = await request.read()
    if content_type == APPLY:
        return _apply(context, request, target, text, options)
    stored = existing(context.store, target)
    current = conversion.to_version(stored, target.resource.api_version)
    body = read_patch(text, content_type)
    patched = patched_object(current, body, content_type, target.resource.api_version, target.resource.kind)
    form: Literal["strategic", "whole"] = "strategic" if content_type == STRATEGIC else "whole"
    patched, warnings = field_validation.check_patched(
        patched, body.content, body.duplicates, options.validation, form, current
    )
    warn(request, warnings)
    check_names(target, patched["metadata"])
    _check_uid(patched, current)
    written = update_object(context, target, patched, stored, options)
    return object_answer(context, request, target.resource, written, 200, warnings)


def _check_uid(patched: Object, current: Object) -> None:
    """A PUT that names another uid means another object (409); in a patch it is a change of the field.

    Raises: `Invalid`.
    """
    uid = patched["metadata"].get("uid")
    if uid and uid != current["metadata"]["uid"]:
        error = invalid(("metadata", "uid"), uid, "field is immutable")
        kind, name = str(current["kind"]), str(current["metadata"]["name"])
        # Two checks of a real server find it, and its message tells equal errors once.
        raise Invalid(kind, name, render_invalid(kind, name, [error]), [error.cause(), error.cause()])


def read_patch(text: bytes, content_type: str) -> Body:
    """Raises: `BadRequest` in Go's words."""
    head = "" if content_type == STRATEGIC else "error decoding patch: "
    try:
        body = parse_json(text)
    except ValueError as error:
        raise BadRequest(f"{head}{error}") from error
    wanted = list if content_type == JSON else dict
    if not isinstance(body.content, wanted):
        found = {dict: "object", list: "array", str: "string", bool: "bool"}.get(type(body.content), "number")
        into = "[]handlers.jsonPatchOp" if content_type == JSON else "map[string]interface {}"
        raise BadRequest(f"{head}json: cannot unmarshal {found} into Go value of type {into}")
    return body


def patched_object(current: Object, body: Body, content_type: str, api_version: str, kind: str) -> Object:
    """A new object. Raises: `StatusError` for a patch that cannot be applied."""
    if content_type == STRATEGIC:
        try:
            merged = strategic_merge(current, body.content, kind_schema(api_version, kind))
            # What a patch says of the kind is nobody's business.
            return {**merged, "kind": kind, "apiVersion": api_version}
        except BadPatch as error:
            raise BadRequest(str(error)) from error
        except ValueError as error:
            raise StatusError(500, "", str(error)) from error
    if content_type == MERGE:
        result: Object = merge_patch(current, body.content)
        return result
    if len(body.content) > MAX_OPERATIONS:
        text = f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(body.content)}"
        raise StatusError(413, "RequestEntityTooLarge", f"Request entity too large: {text}")
    try:
        result = json_patch(copy.deepcopy(current), body.content)
    except (ValueError, AttributeError) as error:
        text = "the server rejected our request due to an error in our request"
        raise StatusError(422, "Invalid", text, {}) from error
    return result


def _apply(context: Context, request: web.Request, target: Target, text: bytes, options: WriteOptions) -> web.Response:
    resource = target.resource
    try:
        body = parse_yaml(text)
    except ValueError as error:
        raise BadRequest(f"error decoding YAML: error converting YAML to JSON: {error}") from error
    applied = body.content
    if not isinstance(applied, dict):
        into = "Go value of type map[string]interface {}"
        why = f"json: cannot unmarshal {json_type(applied)} into {into}"
        raise BadRequest(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {why}")
    if applied.get("apiVersion") != resource.api_version or applied.get("kind") != resource.kind:
        raise BadRequest(f"invalid object type: {_gvk(applied)}")
    metadata = applied.setdefault("metadata", {})
    called = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
    metadata.setdefault("name", target.name)
    if target.namespace:
        metadata.setdefault("namespace", target.namespace)
    check_names(target, metadata)
    stored = context.store.get(resource.kind, target.namespace, target.name)
    if stored is None and (uid := metadata.get("uid")):
        why = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        raise Conflict(resource.kind, target.name, why)
    current = conversion.to_version(stored, resource.api_version) if stored else None
    merged = _merged(context, current, applied, options, target.subresource, called)
    if body.lines and options.validation == "Strict":
        why = field_validation.yaml_error(body.lines)
        raise BadRequest(f"error strict decoding YAML: error converting YAML to JSON: {why}")
    merged, warnings = field_validation.check_object(merged, Body(merged, lines=body.lines), options.validation)
    warn(request, warnings)
    if stored is None:
        obj = drop_status(prepared(target, merged))
        context.admission.check_namespace(obj)
        check(obj, None)
        return object_answer(context, request, resource, admitted(context, obj, options), 201, warnings)
    written = update_object(context, target, merged, stored, options, applied=True)
    return object_answer(context, request, resource, written, 200, warnings)


def _merged(
    context: Context, current: Object | None, applied: Object, options: WriteOptions, subresource: str, called: str
) -> Object:
    """`called`: namespace/name as the body gives them. Raises: `StatusError`."""
    if "managedFields" in applied["metadata"]:
        raise BadRequest("metadata.managedFields must be nil")
    manager = Manager(options.manager, "Apply", "", subresource)
    now = format_unix(context.clock.now())
    try:
        return server_side_apply(current, applied, manager, options.force, now, ownership.in_version)
    except ApplyConflict as conflict:
        raise StatusError(409, "Conflict", str(conflict), {"causes": conflict.causes()}) from conflict
    except ValueError as error:
        text = f"failed to create typed patch object ({called}; {_gvk(applied)}): {error}"
        raise StatusError(500, "", text) from error


def _gvk(obj: Object) -> str:
    group, _, version = str(obj.get("apiVersion", "")).rpartition("/")
    return f"{group}/{version}, Kind={obj.get('kind', '')}"
