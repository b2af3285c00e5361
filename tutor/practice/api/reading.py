"""Get and list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from tutor.practice.api.answers import json_answer, object_answer
from tutor.practice.api.context import Context
from tutor.practice.api.forms import Form
from tutor.practice.api.list_options import list_options, read_token, write_token
from tutor.practice.api.selection import Selection, selection
from tutor.practice.api.target import Target
from tutor.practice.store.errors import Expired, NotFound
from tutor.practice.store.store import Store

_TOKEN_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


def get(context: Context, request: web.Request, target: Target) -> web.Response:
    return object_answer(context, request, target.resource, existing(context.store, target))


def existing(store: Store, target: Target) -> dict[str, Any]:
    """The object that the URL names. Raises: `NotFound`."""
    found = store.get(target.resource.kind, target.namespace, target.name)
    if found is None:
        raise NotFound(target.resource.kind, target.name)
    return found


def list_objects(context: Context, request: web.Request, target: Target) -> web.Response:
    """Raises: `StatusError`."""
    store = context.store
    options = list_options(request.query, store.resource_version)
    chosen = selection(target, request.query)
    version = options.version if options.match == "Exact" else store.resource_version
    start: tuple[str, str] | None = None
    consistent = True
    if options.continue_token:
        continuation = read_token(options.continue_token)
        start, consistent = continuation.start, continuation.version is not None
        version = continuation.version if continuation.version is not None else version
    objects = [obj for obj in _objects(store, chosen, version, start) if chosen.matches(obj)]
    if start is not None:
        objects = [obj for obj in objects if _key(obj) > start]
    metadata: dict[str, Any] = {"resourceVersion": str(version)}
    if options.limit and len(objects) > options.limit:
        rest, objects = len(objects) - options.limit, objects[: options.limit]
        metadata["continue"] = write_token(version if consistent else None, _key(objects[-1]))
        if chosen.everything:
            metadata["remainingItemCount"] = rest
    form = Form.of(request, target.resource)
    return json_answer(form.many(context.encoded, objects, metadata, context.clock.now()))


def _objects(
    store: Store, chosen: Selection, version: int | None, start: tuple[str, str] | None
) -> Sequence[dict[str, Any]]:
    """As they were at `version`. Raises: `Expired`."""
    if version is None or version == store.resource_version:
        return store.list(chosen.kind, chosen.namespace)
    try:
        return store.list_at(chosen.kind, chosen.namespace, version)
    except Expired as error:
        if start is None:
            raise Expired("The resourceVersion for the provided list is too old.") from error
        refusal = Expired(_TOKEN_TOO_OLD)
        refusal.list_metadata = {"continue": write_token(None, start)}
        raise refusal from error


def _key(obj: Mapping[str, Any]) -> tuple[str, str]:
    metadata = obj["metadata"]
    return str(metadata.get("namespace", "")), str(metadata["name"])
