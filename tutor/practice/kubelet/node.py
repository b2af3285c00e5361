"""What all pods of the node share, handed to each worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tutor.kube.times import Clock
from tutor.practice.kubelet.backoff import Backoff
from tutor.practice.kubelet.images import Images
from tutor.practice.kubelet.prober import Prober
from tutor.practice.kubelet.runtime import Runtime
from tutor.practice.proxy.network import Objects, PodNetwork

COMPONENT = "kubelet"


class Store(Objects, Protocol):
    """What the kubelet needs of the store beyond reading."""

    def update(self, obj: dict[str, Any], *, subresource: str = "") -> dict[str, Any]: ...

    def finalize(self, kind: str, namespace: str, name: str) -> None: ...


class Recorder(Protocol):
    def event(
        self,
        obj: dict[str, Any],
        event_type: str,
        reason: str,
        message: str,
        component: str,
        /,
        *,
        field_path: str = "",
    ) -> None: ...


@dataclass(slots=True)
class Node:
    store: Store
    clock: Clock
    recorder: Recorder
    network: PodNetwork
    images: Images
    runtime: Runtime
    prober: Prober
    name: str
    address: str
    """The node's InternalIP."""
    log_folder: Path
    restarts: Backoff = field(default_factory=Backoff)
    pulls: Backoff = field(default_factory=Backoff)
    failed_pulls: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Of each pod and image: when the last pull failed (Unix seconds), and why."""
    problems: list[BaseException] = field(default_factory=list)
    """What ended a pod's worker unexpectedly: defects, for the daemon's log."""

    def event(self, pod: Mapping[str, Any], type_: str, reason: str, message: str, container: str = "") -> None:
        """About a pod, or about one of its containers (`containers{gw}`, `initContainers{i}`)."""
        path = f"spec.{container}" if container else ""
        self.recorder.event(dict(pod), type_, reason, message, COMPONENT, field_path=path)
