"""An object without what does not change its meaning: defaults that are written out, ports by name, old API versions.

Only what objects of a course usually hold is known here. A default that is not known shows as a difference; none is
taken for equal that is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tutor.kube.images import normalise as full_image
from tutor.kube.ports import target_port
from tutor.kube.quantities import parse_quantity

KubeObject = Mapping[str, Any]

_PROBE = r".*\.(readiness|liveness|startup)Probe\."
_DEFAULTS: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        (r"spec\.replicas", 1),
        (r"spec\.revisionHistoryLimit", 10),
        (r"spec\.progressDeadlineSeconds", 600),
        (r"spec\.minReadySeconds", 0),
        (r"spec\.paused", False),
        (r"spec\.strategy\.type", "RollingUpdate"),
        (r"spec\.strategy\.rollingUpdate\.(maxSurge|maxUnavailable)", "25%"),
        (r"spec\.template\.spec\.restartPolicy", "Always"),
        (r"spec\.template\.spec\.dnsPolicy", "ClusterFirst"),
        (r"spec\.template\.spec\.schedulerName", "default-scheduler"),
        (r"spec\.template\.spec\.terminationGracePeriodSeconds", 30),
        (r"spec\.template\.spec\.enableServiceLinks", True),
        (r"spec\.template\.spec\.serviceAccountName", "default"),
        (r".*\.terminationMessagePath", "/dev/termination-log"),
        (r".*\.terminationMessagePolicy", "File"),
        (r".*\.protocol", "TCP"),
        (r"spec\.type", "ClusterIP"),
        (r"spec\.sessionAffinity", "None"),
        (r"spec\.(internal|external)TrafficPolicy", "Cluster"),
        (r"spec\.ipFamilyPolicy", "SingleStack"),
        (_PROBE + r"httpGet\.scheme", "HTTP"),
        (_PROBE + r"httpGet\.path", "/"),
        (_PROBE + r"initialDelaySeconds", 0),
        (_PROBE + r"timeoutSeconds", 1),
        (_PROBE + r"periodSeconds", 10),
        (_PROBE + r"(success)Threshold", 1),
        (_PROBE + r"(failure)Threshold", 3),
        (r"metadata\.namespace", "default"),
    )
)
"""Path of a field → what the API server fills in. Source: the defaults of v1, apps/v1 of Kubernetes 1.34."""
_INDEX = re.compile(r"\[\d+\]")


def normalised(obj: KubeObject, pods: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A copy of `obj` without status and without defaults, with ports by number.

    `pods`: for a Service, the pod template that it sends to (with its `spec`), whose ports have the names.
    """
    plain = deepcopy(dict(obj))
    plain.pop("status", None)
    kind = plain.get("kind")
    if kind == "Service":
        _number_target_ports(plain, pods or {})
    elif kind == "HorizontalPodAutoscaler" and plain.get("apiVersion") == "autoscaling/v1":
        _to_v2(plain)
    for container in _containers(plain):
        _number_probe_ports(container)
        _without_default_pull_policy(container)
        _value_from(container)
    pruned = _pruned(plain, "")
    return pruned if isinstance(pruned, dict) else {}


def same_value(path: str, one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same: images with and without docker.io, 100m and 0.1, "25%" and 25%."""
    if type(one) is type(other) and one == other:
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if path.endswith(".image") and isinstance(one, str) and isinstance(other, str):
        return full_image(one) == full_image(other)
    if re.search(r"\.(requests|limits)\.", path):
        try:
            return parse_quantity(one) == parse_quantity(other)
        except ValueError:
            return False
    return isinstance(one, int | float) and isinstance(other, int | float) and one == other


def _containers(obj: KubeObject) -> list[dict[str, Any]]:
    found: Any = obj
    for key in ("spec", "template", "spec", "containers"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _number_target_ports(service: dict[str, Any], pods: Mapping[str, Any]) -> None:
    spec = service.get("spec")
    for port in _entries(spec.get("ports") if isinstance(spec, Mapping) else None):
        target = port.get("targetPort")
        number = target_port(port, pods) if isinstance(target, str) and pods else target
        if number is not None:
            port["targetPort"] = number
        if port.get("targetPort") == port.get("port"):
            port.pop("targetPort", None)


def _number_probe_ports(container: dict[str, Any]) -> None:
    names = {port.get("name"): port.get("containerPort") for port in _entries(container.get("ports"))}
    for kind in ("readinessProbe", "livenessProbe", "startupProbe"):
        probe = container.get(kind)
        for how in ("httpGet", "tcpSocket"):
            asked = probe.get(how) if isinstance(probe, Mapping) else None
            if isinstance(asked, dict) and names.get(asked.get("port")) is not None:
                asked["port"] = names[asked["port"]]


def _without_default_pull_policy(container: dict[str, Any]) -> None:
    image = container.get("image")
    if isinstance(image, str):
        default = "Always" if full_image(image).tag == "latest" else "IfNotPresent"
        if container.get("imagePullPolicy") == default:
            del container["imagePullPolicy"]


def _value_from(container: dict[str, Any]) -> None:
    """A variable's source in the place of its value: either of them sets it."""
    for variable in _entries(container.get("env")):
        if "value" not in variable and isinstance(variable.get("valueFrom"), Mapping):
            variable["value"] = variable.pop("valueFrom")


def _to_v2(autoscaler: dict[str, Any]) -> None:
    autoscaler["apiVersion"] = "autoscaling/v2"
    spec = autoscaler.get("spec")
    if isinstance(spec, dict) and (share := spec.pop("targetCPUUtilizationPercentage", None)) is not None:
        target = {"type": "Utilization", "averageUtilization": share}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]


def _entries(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _pruned(value: Any, path: str) -> Any:
    """Without defaults, nulls, and maps that hold nothing after that; None where nothing is left."""
    if isinstance(value, Mapping):
        kept = {}
        for key, child in value.items():
            inner = _pruned(child, f"{path}.{key}" if path else str(key))
            if inner is not None:
                kept[str(key)] = inner
        # {} written out is nothing; a map that only held defaults is nothing, too.
        return kept or None
    if isinstance(value, list):
        return [_kept(child, f"{path}[{index}]") for index, child in enumerate(value)]
    plain = _INDEX.sub("", path)
    for pattern, default in _DEFAULTS:
        if type(value) is type(default) and value == default and pattern.fullmatch(plain):
            return None
    return value


def _kept(entry: Any, path: str) -> Any:
    """An entry of a list stays, so that the others keep their places."""
    return {} if (inner := _pruned(entry, path)) is None else inner
