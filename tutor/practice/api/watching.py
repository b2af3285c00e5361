"""Watches: a line of JSON for every change, from any version that the store still knows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tutor.kube.times import Clock
from tutor.practice.api.answers import warning_header
from tutor.practice.api.context import Context
from tutor.practice.api.encoded import dumps
from tutor.practice.api.forms import Form
from tutor.practice.api.list_options import ListOptions, list_options
from tutor.practice.api.selection import Selection, selection
from tutor.practice.api.target import Target
from tutor.practice.store.errors import Expired
from tutor.practice.store.event import StoreEvent
from tutor.practice.store.watch import Watch

BOOKMARK_SECONDS = 60.0
SHORTEST_SECONDS = 1800
"""Without timeoutSeconds, a watch lasts from this to twice as long. Source: kube-apiserver, --min-request-timeout."""

INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}
_PIECE = 1 << 17
"""At most about this many bytes are handed to a connection at once."""


@dataclass(slots=True)
class _Lines:
    """The lines of one watch. `columns`: a Table has not named its columns yet."""

    context: Context
    form: Form
    chosen: Selection
    columns: bool = field(init=False)

    def __post_init__(self) -> None:
        self.columns = self.form.name == "table"

    def added(self, obj: dict[str, Any]) -> bytes:
        return self._line("ADDED", obj)

    def of(self, event: StoreEvent) -> bytes | None:
        """None for what the watch is not about. An object that begins to match is added, one that ceases to match is
        deleted, as it was when it last did."""
        change: str = event.type
        if not self.chosen.everything:
            now = event.type != "DELETED" and self.chosen.matches(event.object)
            before = event.old is not None and self.chosen.matches(event.old)
            if not now and not before:
                return None
            change = "MODIFIED" if now and before else "ADDED" if now else "DELETED"
        if self.columns:
            return self._line(change, event.object_of(change))
        # Written once for all watchers who want the same.
        key = (change, self.form)
        if key not in event.lines:
            event.lines[key] = self._line(change, event.object_of(change))
        return event.lines[key]

    def _line(self, change: str, obj: dict[str, Any]) -> bytes:
        columns, self.columns = self.columns, False
        text = self.form.one(self.context.encoded, obj, self.context.clock.now(), columns=columns)
        return b'{"type":"%b","object":%b}\n' % (change.encode(), text)

    def bookmark(self, version: int, annotations: dict[str, str] | None = None) -> bytes:
        return b'{"type":"BOOKMARK","object":%b}\n' % self.form.bookmark(version, annotations)


async def watch(context: Context, request: web.Request, target: Target) -> web.StreamResponse:
    """Raises: `StatusError`, before the first line."""
    store = context.store
    try:
        options = list_options({**request.query, "watch": "true"}, store.resource_version)
    except Expired as error:
        return await _refused(request, target, error)
    chosen = selection(target, request.query)
    lines = _Lines(context, Form.of(request, target.resource), chosen)
    # Listing and subscribing happen without a pause between them: no change is lost or told twice.
    initial: list[dict[str, Any]] = []
    since = store.resource_version if options.version is None else options.version
    if options.send_initial or (options.send_initial is None and not options.version):
        initial = [obj for obj in store.list(chosen.kind, chosen.namespace) if chosen.matches(obj)]
        since = store.resource_version
    try:
        changes = store.watch(chosen.kind, chosen.namespace, since)
    except Expired as error:
        return await _refused(request, target, error)
    changes.fallen_behind = lambda: request.transport.abort() if request.transport is not None else None
    context.watches.add(changes)
    try:
        response = await _begin(request, target)
        first = [lines.added(obj) for obj in initial]
        if options.send_initial and options.bookmarks:
            first.append(lines.bookmark(since, INITIAL_EVENTS_END))
        await _write(response, iter(first))
        await _follow(context, options, response, changes, lines)
        await response.write_eof()
    finally:
        context.watches.discard(changes)
        changes.close()
    return response


async def _refused(request: web.Request, target: Target, error: Expired) -> web.StreamResponse:
    """A real server says it within the stream, with status 200."""
    response = await _begin(request, target)
    await response.write(dumps({"type": "ERROR", "object": error.status()}) + b"\n")
    await response.write_eof()
    return response


async def _begin(request: web.Request, target: Target) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Cache-Control": "no-cache, private"})
    if target.resource.deprecation:
        response.headers.add(*warning_header(target.resource.deprecation))
    await response.prepare(request)
    return response


async def _follow(
    context: Context, options: ListOptions, response: web.StreamResponse, changes: Watch, lines: _Lines
) -> None:
    clock = context.clock
    begun = clock.now()
    end = begun + (options.seconds or random.uniform(1, 2) * SHORTEST_SECONDS)
    bookmark_due = begun + BOOKMARK_SECONDS
    async with _nudged(clock, changes, begun, end):
        while not (changes.ended or changes.behind or context.closing.is_set()):
            await changes.wait()
            events, version, now = changes.take(), context.store.resource_version, clock.now()
            await _write(response, (line for event in events if (line := lines.of(event))))
            if options.bookmarks and now >= min(end, bookmark_due):
                bookmark_due = now + BOOKMARK_SECONDS
                await response.write(lines.bookmark(version))
            if now >= end:
                return


@asynccontextmanager
async def _nudged(clock: Clock, changes: Watch, begun: float, end: float) -> AsyncIterator[None]:
    """Wake the watcher when a bookmark is due and when its time is over."""

    async def nudge() -> None:
        due = begun
        while due < end:
            due = min(end, due + BOOKMARK_SECONDS)
            await clock.sleep(due - clock.now())
            changes.nudge()

    nudging = asyncio.create_task(nudge())
    try:
        yield
    finally:
        nudging.cancel()
        await asyncio.gather(nudging, return_exceptions=True)


async def _write(response: web.StreamResponse, lines: Iterator[bytes]) -> None:
    """Waits while the client takes nothing."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= _PIECE:
            await response.write(b"".join(piece))
            piece, size = [], 0
    if piece:
        await response.write(b"".join(piece))
