"""Get and list."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from tutor.practice.api import conversion, negotiation
from tutor.practice.api.answers import dumps, include_object, json_answer, object_answer
from tutor.practice.api.context import Context
from tutor.practice.api.selection import requested_version, selection
from tutor.practice.api.tables.table import partial, table
from tutor.practice.api.target import Target
from tutor.practice.store.errors import BadRequest, NotFound
from tutor.practice.store.store import Store


def get(context: Context, request: web.Request, target: Target) -> web.Response:
    return object_answer(context, request, target.resource, existing(context.store, target))


def existing(store: Store, target: Target) -> dict[str, Any]:
    """The object that the URL names. Raises: `NotFound`."""
    found = store.get(target.resource.kind, target.namespace, target.name)
    if found is None:
        raise NotFound(target.resource.kind, target.name)
    return found


def list_objects(context: Context, request: web.Request, target: Target) -> web.Response:
    store = context.store
    requested_version(request.query, store.resource_version)
    chosen = selection(target, request.query)
    objects = [obj for obj in store.list(chosen.kind, chosen.namespace) if chosen.matches(obj)]
    metadata: dict[str, Any] = {"resourceVersion": str(store.resource_version)}
    objects = _page(objects, request.query, metadata, counted=chosen.everything)
    wanted = negotiation.form(request.headers.get("Accept", ""))
    if wanted == "table":
        value = table(chosen.kind, objects, metadata, context.clock.now(), include_object(request))
        return json_answer(value)
    resource = target.resource
    if wanted == "partial":
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
        return json_answer({**head, "items": [partial(obj) for obj in objects]})
    head = {"kind": f"{resource.kind}List", "apiVersion": resource.api_version, "metadata": metadata}
    versions = (conversion.to_version(obj, resource.api_version) for obj in objects)
    return json_answer(_list_body(head, versions))


def _list_body(head: Mapping[str, Any], objects: Iterable[Mapping[str, Any]]) -> bytes:
    """The list's JSON. Items name no kind and no version, as a real server's."""
    items = b",".join(
        dumps({key: value for key, value in obj.items() if key not in ("kind", "apiVersion")}) for obj in objects
    )
    return dumps(head)[:-1] + b',"items":[' + items + b"]}"


def _page(
    objects: list[dict[str, Any]], query: Mapping[str, str], metadata: dict[str, Any], *, counted: bool
) -> list[dict[str, Any]]:
    """The objects of this page; puts the token of the next one into `metadata`."""
    if token := query.get("continue"):
        version, start = _read_token(token)
        objects = [obj for obj in objects if _key(obj) > start]
        # A client that lists in pages watches from the version of the first: nothing is missed.
        metadata["resourceVersion"] = version
    limit = query.get("limit", "0")
    if not limit.isdecimal():
        raise BadRequest(f'strconv.ParseInt: parsing "{limit}": invalid syntax')
    if not int(limit) or len(objects) <= int(limit):
        return objects
    page = objects[: int(limit)]
    content = {"v": "meta.k8s.io/v1", "rv": int(metadata["resourceVersion"]), "start": "/".join(_key(page[-1]))}
    metadata["continue"] = base64.urlsafe_b64encode(dumps(content)).decode().rstrip("=")
    if counted:
        metadata["remainingItemCount"] = len(objects) - len(page)
    return page


def _key(obj: Mapping[str, Any]) -> tuple[str, str]:
    metadata = obj["metadata"]
    return str(metadata.get("namespace", "")), str(metadata["name"])


def _read_token(token: str) -> tuple[str, tuple[str, str]]:
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        namespace, name = str(content["start"]).split("/")
        return str(int(content["rv"])), (namespace, name)
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest("continue key is not valid") from error
