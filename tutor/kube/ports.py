"""Which port of a pod a Service's port leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def target_port(service_port: Mapping[str, Any], pod: Mapping[str, Any]) -> int | None:
    """The number behind `targetPort`: itself, the pod's containerPort of that name, or `port` where none is given.

    None where the pod has no port of that name and protocol. Source: kubernetes.io, Service, port definitions.
    """
    target = service_port.get("targetPort") or service_port.get("port")
    if isinstance(target, int):
        return target
    protocol = service_port.get("protocol") or "TCP"
    spec = pod.get("spec") or {}
    for container in (*(spec.get("containers") or []), *(spec.get("initContainers") or [])):
        for port in container.get("ports") or []:
            if port.get("name") == target and (port.get("protocol") or "TCP") == protocol:
                number = port.get("containerPort")
                return number if isinstance(number, int) else None
    return None
