"""Questions to the API server: which resource a word means, objects, lists, tables."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.cli.little_kubectl.errors import Failure, from_status
from tutor.cluster.api import Answer, Target
from tutor.cluster.resources import Resource
from tutor.cluster.wire import Wire, as_json
from tutor.kube.refs import KINDS, kind_info
from tutor.kube.times import Clock

JSON = {"Content-Type": "application/json"}
TABLE = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}
DISCOVERY = {"Accept": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"}
ALL = ("Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet",
       "HorizontalPodAutoscaler", "CronJob", "Job")  # fmt: skip
"""What `get all` shows, in its order; a kind that the server does not have is left out."""


@dataclass(frozen=True, slots=True)
class Named:
    """One object or all objects of a resource, as typed: pod/x, or pods."""

    resource: Resource
    name: str = ""


class Ask:
    """One command's connection. `namespace` is what the command works in."""

    def __init__(self, wire: Wire, target: Target, namespace: str, clock: Clock) -> None:
        self.wire = wire
        self.clock = clock
        self.target = target
        self.namespace = namespace
        self._discovered: list[tuple[Resource, frozenset[str]]] | None = None
        self._warned: set[str] = set()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        doing: str = "",
        timeout: float = 30.0,
    ) -> Any:
        """The answer's JSON. Raises: `Failure` in kubectl's words, `ClusterError`."""
        answer = await self.answer(method, path, query=query, body=body, headers=headers, timeout=timeout)
        value = as_json(answer.body)
        if not 200 <= answer.status < 300:
            raise from_status(answer.status, value, doing)
        return value

    async def answer(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
    ) -> Answer:
        """Any answer; the server's warnings are printed, each once. Raises: `ClusterError`."""
        answer = await self.wire.call(method, path, query=query, body=body, headers=headers, timeout=timeout)
        for warning in answer.headers.get("warning", "").splitlines():
            text = warning.split('"', 1)[-1].rsplit('"', 1)[0].replace('\\"', '"')
            if text and text not in self._warned:
                self._warned.add(text)
                print(f"Warning: {text}", file=sys.stderr)
        return answer

    def path(self, resource: Resource, name: str = "", *, everywhere: bool = False) -> str:
        if everywhere:
            resource = Resource(resource.api_version, resource.kind, resource.plural, False, resource.builtin)
        return resource.path(self.namespace, name)

    async def get(self, resource: Resource, name: str) -> dict[str, Any]:
        """Raises: `Failure` where it is not there."""
        found: dict[str, Any] = await self.call("GET", self.path(resource, name))
        return found

    async def find(self, resource: Resource, name: str) -> dict[str, Any] | None:
        answer = await self.answer("GET", self.path(resource, name))
        if answer.status == 404:
            return None
        value = as_json(answer.body)
        if answer.status != 200 or not isinstance(value, dict):
            raise from_status(answer.status, value)
        return value

    async def objects(self, resource: Resource, *, everywhere: bool = False, **query: str) -> list[dict[str, Any]]:
        wanted = {key.replace("_", ""): value for key, value in query.items() if value}
        page = await self.call("GET", self.path(resource, everywhere=everywhere), query=wanted)
        kind = {"apiVersion": resource.api_version, "kind": resource.kind}
        return [{**kind, **item} for item in page.get("items") or []]

    # What a word means.

    async def resource(self, word: str) -> Resource:
        """The resource of a word as typed after `get`. Raises: `Failure`."""
        info = kind_info(word)
        group = word.partition(".")[2]
        if info is not None and (not group or info.group.startswith(group.split(".")[0])):
            return Resource(info.api_version, info.kind, info.plural, info.namespaced, True)
        for found, names in await self._discovery():
            if word.lower() in names:
                return found
        raise Failure(f'error: the server doesn\'t have a resource type "{word}"')

    async def resource_of(self, api_version: str, kind: str) -> Resource | None:
        """The resource of a manifest's apiVersion and kind; None where the server has none."""
        info = KINDS.get(kind)
        if info is not None and info.api_version == api_version:
            return Resource(info.api_version, info.kind, info.plural, info.namespaced, True)
        for found, _ in await self._discovery():
            if (found.api_version, found.kind) == (api_version, kind):
                return found
        return None

    async def named(self, arguments: tuple[str, ...]) -> list[Named]:
        """`pod`, `pod x y`, `pod/x svc/y`, `pod,svc`, `all`. Raises: `Failure`."""
        if any("/" in word for word in arguments):
            if not all("/" in word for word in arguments):
                raise Failure(
                    "error: there is no need to specify a resource type as a separate argument when passing arguments"
                    " in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of"
                    " 'kubectl get resource resource/<resource_name>'"
                )
            found = []
            for word in arguments:
                kind, _, name = word.partition("/")
                found.append(Named(await self.resource(kind), name))
            return found
        types, names = arguments[0].split(","), arguments[1:]
        resources: list[Resource] = []
        for word in types:
            resources += await self._all() if word == "all" else [await self.resource(word)]
        if names:
            return [Named(resource, name) for resource in resources for name in names]
        return [Named(resource) for resource in resources]

    async def _all(self) -> list[Resource]:
        by_kind = {found.kind: found for found, _ in await self._discovery()}
        return [by_kind[kind] for kind in ALL if kind in by_kind]

    async def _discovery(self) -> list[tuple[Resource, frozenset[str]]]:
        """Every resource of the server with the words for it. Core first, then the groups' preferred versions."""
        if self._discovered is None:
            self._discovered = []
            for root in ("/api", "/apis"):
                listed = await self.call("GET", root, headers=DISCOVERY)
                for group in listed.get("items") or []:
                    self._discovered += _resources(group)
        return self._discovered


def _resources(group: Mapping[str, Any]) -> list[tuple[Resource, frozenset[str]]]:
    found: list[tuple[Resource, frozenset[str]]] = []
    group_name = str((group.get("metadata") or {}).get("name") or "")
    seen: set[str] = set()
    for version in group.get("versions") or []:
        api_version = f"{group_name}/{version['version']}" if group_name else str(version["version"])
        for entry in version.get("resources") or []:
            plural, kind = str(entry["resource"]), str((entry.get("responseKind") or {}).get("kind") or "")
            builtin = "." not in group_name or group_name.endswith(".k8s.io")
            resource = Resource(api_version, kind, plural, entry.get("scope") == "Namespaced", builtin)
            words = {plural, str(entry.get("singularResource") or ""), kind.lower(), *(entry.get("shortNames") or [])}
            words |= {f"{word}.{group_name}" for word in words} if group_name else set()
            # A later version of the group answers to its full name only in a manifest.
            found.append((resource, frozenset(words - {""} if plural not in seen else ())))
            seen.add(plural)
    return found


def address(resource: Resource, name: str) -> str:
    """ "deployment.apps/x", "pod/x": what kubectl calls an object that it changed."""
    group = resource.api_version.rpartition("/")[0]
    kind = resource.kind.lower()
    return f"{kind}.{group}/{name}" if group else f"{kind}/{name}"
