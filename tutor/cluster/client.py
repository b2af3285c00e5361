"""`Cluster` on the `kubernetes` client's asyncio connection, with raw objects."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

from tutor.cluster.api import Addresses, Answer, KubeObject, Target, WatchEvent
from tutor.cluster.errors import NotFoundError, Refused, Unreachable
from tutor.cluster.resources import Discovery, Resource
from tutor.cluster.status import error_of
from tutor.cluster.wire import Wire, as_json, open_wire
from tutor.kube.client_side_apply import (
    FIELD_MANAGER,
    last_applied,
    three_way,
    three_way_json,
    with_annotation,
)
from tutor.kube.times import Clock

JSON = "application/json"
STRATEGIC = "application/strategic-merge-patch+json"
MERGE = "application/merge-patch+json"
STREAM_SECONDS = 60
"""How long the server keeps one watch; it then ends it, and the next one goes on from there."""
SILENCE_SECONDS = 75.0
"""A stream that is silent beyond its own end is dead."""
CONFLICT_TRIES = 5


async def open_cluster(target: Target, clock: Clock) -> KubeCluster:
    """Ready to be asked; no request was made. Raises: `BrokenKubeconfig`, `Unauthorised`."""
    return KubeCluster(target, await open_wire(target), clock)


class KubeCluster:
    """Implements `Cluster`."""

    def __init__(self, target: Target, wire: Wire, clock: Clock) -> None:
        self._target = target
        self._wire = wire
        self._clock = clock
        self._discovery = Discovery(wire)

    @property
    def target(self) -> Target:
        return self._target

    async def version(self) -> str:
        answer = await self._wire.call("GET", "/version", timeout=5.0)
        if answer.status != 200:
            raise error_of(answer, "a question for its version")
        return str((as_json(answer.body) or {}).get("gitVersion", ""))

    async def alive(self) -> None:
        """One small question to the API server. Raises: `Unreachable`, `Unauthorised` where it does not answer."""
        answer = await self._wire.call("GET", "/version", timeout=3.0)
        if answer.status != 200:
            raise error_of(answer, "a question for its version")

    async def list(self, kind: str) -> tuple[list[KubeObject], str]:
        resource = await self._discovery.find(kind)
        path = resource.path(self._target.namespace)
        objects: list[KubeObject] = []
        query: dict[str, Any] = {"limit": 500}
        while True:
            page = self._object(await self._wire.call("GET", path, query=query), f"reading {resource.plural}")
            for item in page.get("items") or []:
                # Entries of a list come without the type that their own GET would carry.
                objects.append({"apiVersion": resource.api_version, "kind": resource.kind, **item})
            metadata = page.get("metadata") or {}
            if not metadata.get("continue"):
                return objects, str(metadata.get("resourceVersion", ""))
            query = {"limit": 500, "continue": metadata["continue"]}

    async def watch(self, kind: str, resource_version: str) -> AsyncIterator[WatchEvent]:
        resource = await self._discovery.find(kind)
        query = {
            "watch": "true",
            "resourceVersion": resource_version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": STREAM_SECONDS,
        }
        path = resource.path(self._target.namespace)
        async for line in self._wire.lines(path, query=query, silence=SILENCE_SECONDS):
            if isinstance(line, Answer):
                raise error_of(line, f"watching {resource.plural}")
            event = as_json(line)
            if not isinstance(event, dict) or not isinstance(event.get("object"), dict):
                raise Unreachable("The API server sent an event that is not JSON: the line was cut.", "reset")
            if event.get("type") == "ERROR":
                code = int(event["object"].get("code") or 500)
                raise error_of(Answer(code, json.dumps(event["object"]).encode()), f"watching {resource.plural}")
            yield WatchEvent(str(event.get("type", "")), event["object"])

    async def get(self, kind: str, name: str) -> KubeObject | None:
        resource = await self._discovery.find(kind)
        return await self._get(resource, self._target.namespace, name)

    async def apply(self, manifest: KubeObject, *, dry_run: bool = False) -> KubeObject:
        kind, api_version = str(manifest.get("kind") or ""), str(manifest.get("apiVersion") or "")
        metadata = manifest.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        try:
            resource = await self._discovery.find(kind, api_version)
        except NotFoundError as error:
            raise Refused(str(error), "NotFound", 404) from error
        if not isinstance(metadata, Mapping) or not isinstance(name, str) or not name:
            raise Refused("resource name may not be empty", "BadRequest", 400)
        namespace = self._target.namespace
        if resource.namespaced and metadata.get("namespace") not in (None, namespace):
            raise Refused(
                f'the namespace from the provided object "{metadata["namespace"]}" does not match the namespace'
                f" \"{namespace}\". You must pass '--namespace={metadata['namespace']}' to perform this operation.",
                "BadRequest",
                400,
            )
        modified = with_annotation(manifest, namespace if resource.namespaced else None)
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"} | ({"dryRun": "All"} if dry_run else {})
        for _ in range(CONFLICT_TRIES):
            current = await self._get(resource, namespace, name)
            if current is None:
                return await self._create(resource, modified, query)
            sent = await self._patch_to(resource, name, modified, current, query)
            if sent is not None:
                return sent
        raise Refused(f"{resource.kind} {name} keeps changing while it is applied. Apply again.", "Conflict", 409)

    async def _create(self, resource: Resource, obj: KubeObject, query: Mapping[str, str]) -> KubeObject:
        path = resource.path(self._target.namespace)
        answer = await self._wire.call("POST", path, query=query, body=_body(obj), headers={"Content-Type": JSON})
        try:
            return self._object(answer, f"creating {resource.plural}")
        except NotFoundError as error:
            # The namespace is missing: to a learner the server has refused the object.
            raise Refused(str(error), "NotFound", 404) from error

    async def _patch_to(
        self, resource: Resource, name: str, modified: KubeObject, current: KubeObject, query: Mapping[str, str]
    ) -> KubeObject | None:
        """The object after the patch; None on a conflict, after which one looks again."""
        diff = three_way if resource.builtin else three_way_json
        patch = diff(last_applied(current), modified, current)
        if not patch:
            return current
        answer = await self._wire.call(
            "PATCH",
            resource.path(self._target.namespace, name),
            query=query,
            body=_body(patch),
            headers={"Content-Type": STRATEGIC if resource.builtin else MERGE},
        )
        if answer.status == 409:
            return None
        return self._object(answer, f"changing {resource.plural}/{name}")

    async def patch(self, kind: str, name: str, patch: KubeObject) -> KubeObject:
        resource = await self._discovery.find(kind)
        answer = await self._wire.call(
            "PATCH",
            resource.path(self._target.namespace, name),
            query={"fieldManager": "kubectl-set"},
            body=_body(patch),
            headers={"Content-Type": STRATEGIC if resource.builtin else MERGE},
        )
        return self._object(answer, f"changing {resource.plural}/{name}")

    async def delete(self, kind: str, name: str) -> bool:
        resource = await self._discovery.find(kind)
        answer = await self._wire.call(
            "DELETE",
            resource.path(self._target.namespace, name),
            body=_body({"propagationPolicy": "Background"}),
            headers={"Content-Type": JSON},
        )
        if answer.status == 404:
            return False
        self._object(answer, f"deleting {resource.plural}/{name}")
        return True

    async def logs(self, pod: str, *, previous: bool = False, tail: int = 50) -> str:
        path = f"/api/v1/namespaces/{quote(self._target.namespace, safe='')}/pods/{quote(pod, safe='')}/log"
        query = {"tailLines": tail} | ({"previous": "true"} if previous else {})
        answer = await self._wire.call("GET", path, query=query, headers={"Accept": "*/*"})
        if answer.status != 200:
            raise error_of(answer, f"reading the log of {pod}")
        return answer.body.decode("utf-8", "replace")

    async def proxy(
        self,
        service: str,
        port: int | str,
        path: str,
        *,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        return await self._proxy(f"services/{quote(f'{service}:{port}', safe=':')}", path, method, body, headers)

    async def proxy_pod(self, pod: str, port: int, path: str, *, method: str = "GET") -> Answer:
        return await self._proxy(f"pods/{quote(pod, safe='')}:{port}", path, method, b"", None)

    async def _proxy(self, what: str, path: str, method: str, body: bytes, headers: Mapping[str, str] | None) -> Answer:
        root = f"/api/v1/namespaces/{quote(self._target.namespace, safe='')}/{what}/proxy"
        return await self._wire.call(
            method, root + path, body=body or None, headers={"Accept": "*/*", **(headers or {})}, timeout=5.0
        )

    async def node_addresses(self) -> Addresses:
        try:
            nodes, _ = await self.list("Node")
        except Refused:
            # A learner who may not read nodes can still reach what answers on this machine.
            nodes = []
        found = [
            str(address["address"])
            for node in nodes
            for address in (node.get("status") or {}).get("addresses") or []
            if address.get("type") == "InternalIP"
        ]
        return list(dict.fromkeys([*found, "127.0.0.1"]))

    async def close(self) -> None:
        await self._wire.close()

    async def _get(self, resource: Resource, namespace: str, name: str) -> KubeObject | None:
        answer = await self._wire.call("GET", resource.path(namespace, name))
        if answer.status == 404:
            return None
        return self._object(answer, f"reading {resource.plural}/{name}")

    def _object(self, answer: Answer, doing: str) -> KubeObject:
        if not 200 <= answer.status < 300:
            raise error_of(answer, doing)
        value = as_json(answer.body)
        if not isinstance(value, dict):
            raise Unreachable(f"The API server's answer to {doing} is not JSON.", "server")
        return value


def _body(value: Any) -> bytes:
    return json.dumps(value).encode()
