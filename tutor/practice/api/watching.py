"""Watches: a line of JSON for every change, from any version that the store still knows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tutor.practice.api import conversion, negotiation
from tutor.practice.api.answers import dumps, include_object, warning_header
from tutor.practice.api.context import Context
from tutor.practice.api.list_options import ListOptions, list_options
from tutor.practice.api.selection import Selection, selection
from tutor.practice.api.tables.table import partial, table
from tutor.practice.api.target import Target
from tutor.practice.store.errors import Expired
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.watch import Watch

BOOKMARK_SECONDS = 60.0
SHORTEST_SECONDS = 1800
"""Without timeoutSeconds, a watch lasts from this to twice as long. Source: kube-apiserver, --min-request-timeout."""

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


@dataclass(slots=True)
class _Encoder:
    """Objects of events in the form the client asked for."""

    context: Context
    kind: str
    api_version: str
    convert: Callable[[dict[str, Any]], dict[str, Any]] | None
    as_table: bool = False
    include: Any = "Metadata"
    first: bool = True

    def line(self, kind: str, obj: dict[str, Any]) -> bytes:
        return dumps({"type": kind, "object": self.encoded(obj)}) + b"\n"

    def encoded(self, obj: dict[str, Any]) -> dict[str, Any]:
        if self.as_table:
            metadata = {"resourceVersion": obj["metadata"]["resourceVersion"]}
            now = self.context.clock.now()
            first, self.first = self.first, False
            return table(self.kind, [obj], metadata, now, self.include, with_columns=first)
        return self.convert(obj) if self.convert else obj

    def bookmark(self, version: int, *, initial: bool) -> bytes:
        metadata: dict[str, Any] = {"resourceVersion": str(version), "creationTimestamp": None}
        if initial:
            metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
        obj: dict[str, Any] = {"kind": self.kind, "apiVersion": self.api_version, "metadata": metadata}
        if self.as_table:
            obj = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata, "rows": []}
            obj["columnDefinitions"] = []
        return dumps({"type": "BOOKMARK", "object": obj}) + b"\n"


async def watch(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    query, store = request.query, context.store
    options = list_options({**query, "watch": "true"}, store.resource_version)
    chosen = selection(target, query)
    since, send_initial = options.version, options.send_initial
    encoder = _encoder(context, request, target)
    # Listing and subscribing happen without a pause between them: no change is lost or told twice.
    initial: list[dict[str, Any]] = []
    if send_initial or (send_initial is None and not since):
        initial = [obj for obj in store.list(chosen.kind, chosen.namespace) if chosen.matches(obj)]
        since = store.resource_version
    try:
        changes = store.watch(chosen.kind, chosen.namespace, store.resource_version if since is None else since)
    except Expired as error:
        # A real server says it within the stream, with status 200.
        response = await _begin(request, target)
        await response.write(dumps({"type": "ERROR", "object": error.status()}) + b"\n")
        await response.write_eof()
        return response
    context.watches.add(changes)
    try:
        response = await _begin(request, target)
        lines = [encoder.line("ADDED", obj) for obj in initial]
        if send_initial:
            lines.append(encoder.bookmark(since or 0, initial=True))
        if lines:
            await response.write(b"".join(lines))
        await _follow(context, options, response, changes, chosen, encoder)
        await response.write_eof()
    finally:
        context.watches.discard(changes)
        changes.close()
    return response


async def _begin(request: web.Request, target: Target) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"})
    if target.resource.deprecation:
        response.headers.add(*warning_header(target.resource.deprecation))
    await response.prepare(request)
    return response


async def _follow(
    context: Context,
    options: ListOptions,
    response: web.StreamResponse,
    changes: Watch,
    chosen: Selection,
    encoder: _Encoder,
) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + (options.seconds or random.uniform(1, 2) * SHORTEST_SECONDS)
    next_bookmark = loop.time() + BOOKMARK_SECONDS
    while not changes.ended and not context.closing.is_set():
        until = min(end, next_bookmark) if options.bookmarks else end
        try:
            async with asyncio.timeout_at(until):
                await changes.wait()
        except TimeoutError:
            if loop.time() >= end:
                return
            next_bookmark = loop.time() + BOOKMARK_SECONDS
            await response.write(encoder.bookmark(context.store.resource_version, initial=False))
            continue
        lines = [line for event in changes.take() if (line := _line(event, chosen, encoder))]
        if changes.behind:
            error = Expired("the watch has fallen behind; list again")
            lines.append(dumps({"type": "ERROR", "object": error.status()}) + b"\n")
        if lines:
            await response.write(b"".join(lines))
        if changes.behind:
            return


def _line(event: StoreEvent, chosen: Selection, encoder: _Encoder) -> bytes | None:
    """An object that begins to match is added, one that ceases to match is deleted."""
    if chosen.everything:
        change: str = event.type
    else:
        now = event.type != "DELETED" and chosen.matches(event.object)
        before = event.old is not None and chosen.matches(event.old)
        if not now and not before:
            return None
        change = "MODIFIED" if now and before else "ADDED" if now else "DELETED"
    if change == event.type and encoder.convert is None and not encoder.as_table:
        return event.line()
    return encoder.line(change, event.object)


def _encoder(context: Context, request: web.Request, target: Target) -> _Encoder:
    resource = target.resource
    wanted = negotiation.form(request.headers.get("Accept", ""))
    if wanted == "table":
        return _Encoder(context, resource.kind, resource.api_version, None, True, include_object(request))
    if wanted == "partial":
        return _Encoder(context, "PartialObjectMetadata", "meta.k8s.io/v1", partial)
    if resource.api_version in ("autoscaling/v1", "events.k8s.io/v1"):
        version = resource.api_version
        return _Encoder(context, resource.kind, version, lambda obj: conversion.to_version(obj, version))
    return _Encoder(context, resource.kind, resource.api_version, None)
