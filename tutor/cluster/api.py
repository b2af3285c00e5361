"""What the lesson sees of a cluster: a protocol, so that tests and both kinds of cluster fit behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

KubeObject = dict[str, Any]
Addresses = list[str]
"""Named here, since the protocol has a method `list`."""

LOCAL_KINDS = frozenset({"minikube", "kind", "k3d", "docker-desktop", "practice"})


@dataclass(frozen=True, slots=True)
class Target:
    """Which cluster is talked to, and as what it is known."""

    context: str
    kind: str
    """One of `LOCAL_KINDS`, or "other"."""
    server: str
    namespace: str
    kubeconfig: str
    """Path of the file that was read; it is never written."""
    named: bool = False
    """The learner named this context on the command line."""
    note: str = ""
    """What the learner should know of the choice, e.g. that minikube does not answer."""

    @property
    def writable(self) -> bool:
        """Whether anything may be written to or crashed there: a local practice context, or one the learner named."""
        return self.named or self.kind in LOCAL_KINDS


@dataclass(frozen=True, slots=True)
class WatchEvent:
    type: str
    """ADDED, MODIFIED, DELETED or BOOKMARK."""
    object: KubeObject


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer through the API server's service proxy or from the application itself."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Cluster(Protocol):
    """Raw objects in and out. Every call ends within its own time limit and raises `ClusterError` (errors.py) only.

    Kinds: Pod, Deployment, ReplicaSet, Service, EndpointSlice, Event, Node, Namespace, ConfigMap, Secret,
    HorizontalPodAutoscaler, and any other that the server's discovery knows by apiVersion and kind.
    """

    @property
    def target(self) -> Target: ...

    async def version(self) -> str:
        """The server's gitVersion, e.g. "v1.34.2"."""
        ...

    async def alive(self) -> None:
        """One small question, soon answered. Raises: `Unreachable`, `Unauthorised` where the API server is away."""
        ...

    async def list(self, kind: str) -> tuple[list[KubeObject], str]:
        """All objects of a kind in the namespace and the list's resourceVersion."""
        ...

    def watch(self, kind: str, resource_version: str) -> AsyncIterator[WatchEvent]:
        """One stream from that version on. Ends when the server ends it. Raises: `Expired` on 410."""
        ...

    async def get(self, kind: str, name: str) -> KubeObject | None: ...

    async def apply(self, manifest: KubeObject, *, dry_run: bool = False) -> KubeObject:
        """As `kubectl apply` (`dry_run`: with `--dry-run=server --validate=strict`). Raises: `Refused`, `Invalid`."""
        ...

    async def patch(self, kind: str, name: str, patch: KubeObject) -> KubeObject:
        """A strategic-merge patch."""
        ...

    async def delete(self, kind: str, name: str) -> bool:
        """False where there was nothing to delete."""
        ...

    async def logs(self, pod: str, *, previous: bool = False, tail: int = 50) -> str: ...

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
        """A request through the API server's service proxy."""
        ...

    async def proxy_pod(self, pod: str, port: int, path: str, *, method: str = "GET") -> Answer: ...

    async def node_addresses(self) -> Addresses:
        """Addresses where a NodePort may answer: the nodes' InternalIPs, then 127.0.0.1."""
        ...

    async def close(self) -> None: ...
