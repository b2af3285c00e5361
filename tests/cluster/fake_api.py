"""An API server in memory, over real HTTP on a port of the loopback, that fails on demand.

It keeps objects with resourceVersions, lists, watches from any version in its window, and answers 410 beyond. What it
does not know of Kubernetes is left out: no controllers, no validation, no merge of patches beyond the top level.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tutor.kube.refs import KINDS

Object = dict[str, Any]
PLURALS = {info.plural: kind for kind, info in reversed(list(KINDS.items())) if not info.group.startswith("metrics")}


def status(code: int, message: str, reason: str = "", **more: Any) -> Object:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
        **more,
    }


@dataclass
class FakeApi:
    """`url` is where it listens. Everything may be changed while it runs."""

    namespace: str = "default"
    world: str = "uid-of-default"
    token: str = "sesame"
    window: int = 1_000
    """Changes that a watch may go back."""
    page: int = 500
    """Objects in one page of a list, at most."""
    refuse: dict[tuple[str, str], Object] = field(default_factory=dict)
    """(method, kind) → the Status it answers with; the method may be WATCH or LIST."""
    silent: set[str] = field(default_factory=set)
    """Kinds of which the open streams say nothing more, though nobody ended them."""
    services: dict[str, Callable[[web.Request, str], web.Response]] = field(default_factory=dict)
    """Service → what answers behind its proxy, by the request and its path."""
    version_answer: Callable[[], web.Response] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(method or WATCH, path) of every request."""
    bodies: list[tuple[str, str, Any]] = field(default_factory=list)
    """(method, path with its query, body) of every write."""

    def __post_init__(self) -> None:
        self.version = 100
        self.objects: dict[str, dict[str, Object]] = {}
        self.history: list[tuple[int, str, str, Object]] = []
        self.forgotten = 0
        """The newest version that no watch may start from any more."""
        self._changed = asyncio.Event()
        self._streams: dict[str, list[web.StreamResponse]] = {}
        self._ends: asyncio.Event = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.put("Namespace", self.namespace, uid=self.world)

    # Life.

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]

    async def stop(self) -> None:
        """Nobody listens any more; open streams break."""
        self.drop()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    def kubeconfig(self, folder: Path, *, context: str = "minikube", user: Object | None = None) -> Path:
        path = folder / f"kubeconfig-{context}"
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": {"server": self.url}}],
            "users": [{"name": context, "user": user if user is not None else {"token": self.token}}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        }
        path.write_text(json.dumps(config))
        return path

    # Objects.

    def put(self, kind: str, name: str, *, uid: str = "", **fields: Any) -> Object:
        """Create or replace an object."""
        self.version += 1
        info, known = KINDS[kind], self.objects.setdefault(kind, {})
        before = known.get(name)
        metadata = {
            "creationTimestamp": "2026-01-02T03:04:05Z",
            **fields.pop("metadata", {}),
            "name": name,
            "uid": uid or (before["metadata"]["uid"] if before else f"{kind.lower()}-{name}-{self.version}"),
            "resourceVersion": str(self.version),
        }
        if info.namespaced:
            metadata["namespace"] = self.namespace
        obj = {"apiVersion": info.api_version, "kind": kind, "metadata": metadata, **fields}
        known[name] = obj
        self._note("MODIFIED" if before else "ADDED", kind, obj)
        return obj

    def change(self, kind: str, name: str, change: Callable[[Object], Any]) -> Object:
        obj = deepcopy(self.objects[kind][name])
        change(obj)
        rest = {key: value for key, value in obj.items() if key not in ("apiVersion", "kind")}
        return self.put(kind, name, **rest)

    def remove(self, kind: str, name: str) -> None:
        obj = deepcopy(self.objects[kind].pop(name))
        self.version += 1
        obj["metadata"]["resourceVersion"] = str(self.version)
        self._note("DELETED", kind, obj)

    def forget(self) -> None:
        """As after compaction: no watch may start from a version before now."""
        self.forgotten = self.version
        self.history.clear()

    def _note(self, what: str, kind: str, obj: Object) -> None:
        self.history.append((self.version, what, kind, obj))
        if len(self.history) > self.window:
            self.forgotten = self.history[-self.window - 1][0]
            del self.history[: -self.window]
        self._changed.set()
        self._changed = asyncio.Event()

    # Faults.

    def drop(self) -> None:
        """Break the connection of every open stream."""
        for streams in self._streams.values():
            for stream in streams:
                transport = stream._req.transport if stream._req is not None else None
                if transport is not None:
                    transport.abort()

    def end_streams(self) -> None:
        """End every stream in order, as at the end of its time."""
        self._ends.set()
        self._ends = asyncio.Event()

    async def say(self, kind: str, line: bytes) -> None:
        """Raw bytes into every stream of a kind."""
        for stream in list(self._streams.get(kind, [])):
            await stream.write(line)

    def watching(self, kind: str) -> int:
        return len(self._streams.get(kind, []))

    # Answers.

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        parts = [part for part in request.path.split("/") if part]
        watch = request.query.get("watch") == "true"
        self.asked.append(("WATCH" if watch else request.method, request.path))
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response(status(401, "Unauthorized", "Unauthorized"), status=401)
        if parts == ["version"]:
            return self.version_answer() if self.version_answer else web.json_response({"gitVersion": "v1.34.2"})
        if "proxy" in parts and parts[parts.index("proxy") - 2] == "services":
            at = parts.index("proxy")
            service = parts[at - 1].split(":")[0]
            if service not in self.services:
                body = status(503, f'no endpoints available for service "{service}"', "ServiceUnavailable")
                return web.json_response(body, status=503)
            return self.services[service](request, "/" + "/".join(parts[at + 1 :]))
        if (parts[0] == "api" and len(parts) == 2) or (parts[0] == "apis" and len(parts) == 3):
            return _discovery("/".join(parts[1:]))
        kind, name = self._meant(parts)
        method = "WATCH" if watch else "LIST" if request.method == "GET" and not name else request.method
        if (said := self.refuse.get((method, kind))) is not None:
            return web.json_response(said, status=said["code"])
        if watch:
            return await self._watch(request, kind)
        if request.method == "GET":
            return self._get(kind, name) if name else self._list(request, kind)
        return await self._write(request, kind, name)

    def _meant(self, parts: list[str]) -> tuple[str, str]:
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        if rest[0] == "namespaces" and len(rest) > 2:
            rest = rest[2:]
        return PLURALS.get(rest[0], rest[0]), rest[1] if len(rest) > 1 else ""

    def _get(self, kind: str, name: str) -> web.Response:
        obj = self.objects.get(kind, {}).get(name)
        if obj is None:
            said = status(404, f'{KINDS[kind].plural} "{name}" not found', "NotFound")
            return web.json_response(said, status=404)
        return web.json_response(obj)

    def _list(self, request: web.Request, kind: str) -> web.Response:
        everything = [obj for _, obj in sorted(self.objects.get(kind, {}).items())]
        start = int(request.query.get("continue", "0"))
        items = everything[start : start + self.page]
        metadata = {"resourceVersion": str(self.version)}
        if start + self.page < len(everything):
            metadata["continue"] = str(start + self.page)
        bare = [{key: value for key, value in obj.items() if key not in ("kind", "apiVersion")} for obj in items]
        return web.json_response({"kind": f"{kind}List", "apiVersion": "v1", "metadata": metadata, "items": bare})

    async def _watch(self, request: web.Request, kind: str) -> web.StreamResponse:
        at, ends = int(request.query.get("resourceVersion") or 0), self._ends
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        if at < self.forgotten:
            said = status(410, f"too old resource version: {at} ({self.version})", "Expired")
            await response.write(json.dumps({"type": "ERROR", "object": said}).encode() + b"\n")
            return response
        streams = self._streams.setdefault(kind, [])
        streams.append(response)
        try:
            while not ends.is_set():
                changed = self._changed
                if kind in self.silent:
                    await ends.wait()
                    break
                for version, what, of, obj in list(self.history):
                    if version > at and of == kind:
                        await response.write(json.dumps({"type": what, "object": obj}).encode() + b"\n")
                at = self.version
                waits = [asyncio.ensure_future(changed.wait()), asyncio.ensure_future(ends.wait())]
                try:
                    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for wait in waits:
                        wait.cancel()
        finally:
            streams.remove(response)
        return response

    async def _write(self, request: web.Request, kind: str, name: str) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.bodies.append((request.method, request.path_qs, body))
        dry = "dryRun" in request.query
        if request.method == "DELETE":
            if name not in self.objects.get(kind, {}):
                return self._get(kind, name)
            self.remove(kind, name)
            return web.json_response({"kind": "Status", "apiVersion": "v1", "status": "Success"})
        name = name or body["metadata"]["name"]
        merged = _merged(self.objects.get(kind, {}).get(name, {}), body)
        if dry:
            return web.json_response(merged)
        fields = {key: value for key, value in merged.items() if key not in ("apiVersion", "kind")}
        return web.json_response(self.put(kind, name, **fields))


def _discovery(api_version: str) -> web.Response:
    found = [
        {"name": info.plural, "kind": kind, "namespaced": info.namespaced}
        for kind, info in KINDS.items()
        if info.api_version == api_version
    ]
    if not found:
        return web.json_response(status(404, "the server could not find the requested resource"), status=404)
    return web.json_response({"kind": "APIResourceList", "groupVersion": api_version, "resources": found})


def _merged(before: Object, change: Object) -> Object:
    """A merge patch; `$` directives of a strategic one are passed over."""
    after = dict(before)
    for key, value in change.items():
        if key.startswith("$"):
            continue
        if value is None:
            after.pop(key, None)
        elif isinstance(value, dict) and isinstance(after.get(key), dict):
            after[key] = _merged(after[key], value)
        else:
            after[key] = value
    return after
