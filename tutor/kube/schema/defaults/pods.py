"""Pods, and the pods of a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tutor.kube.images import normalise
from tutor.kube.schema.defaults.quantity import rounded_to_milli

Object = dict[str, Any]

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def pod_defaults(pod: Object) -> None:
    """A pod of its own: what a template does not get, too."""
    spec = pod["spec"]
    pod_spec_defaults(spec)
    spec.setdefault("enableServiceLinks", True)
    for container in _containers(spec, "containers", "initContainers"):
        if limits := container["resources"].get("limits"):
            container["resources"]["requests"] = {**limits, **container["resources"].get("requests", {})}
        if spec.get("hostNetwork"):
            for port in container.get("ports", []):
                port.setdefault("hostPort", port["containerPort"])


def pod_spec_defaults(spec: Object) -> None:
    """Of a pod and of a pod template alike."""
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("securityContext", {})
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("schedulerName", "default-scheduler")
    # Both names of the field are always given.
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    _drop_disabled(spec)
    for container in _containers(spec, "containers", "initContainers", "ephemeralContainers"):
        _container_defaults(container)
    for name in ("resources", "overhead"):
        _round(spec, name)
    for volume in spec.get("volumes", []):
        _volume_defaults(volume)


def _containers(spec: Object, *names: str) -> list[Object]:
    return [container for name in names for container in spec.get(name) or []]


def _drop_disabled(spec: Object) -> None:
    """Fields that the API server knows and takes away: their feature is switched off in v1.34."""
    for container in _containers(spec, "containers", "initContainers"):
        container.pop("restartPolicyRules", None)
        (container.get("lifecycle") or {}).pop("stopSignal", None)
    for container in _containers(spec, "containers"):
        container.pop("restartPolicy", None)
    for container in _containers(spec, "initContainers"):
        if container.get("restartPolicy") != "Always":
            container.pop("restartPolicy", None)


def _container_defaults(container: Object) -> None:
    if "imagePullPolicy" not in container:
        container["imagePullPolicy"] = pull_policy(str(container.get("image", "")))
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    _round(container, "resources")
    for name in PROBES:
        if name in container:
            _probe_defaults(container[name])
    for hook in (container.get("lifecycle") or {}).values():
        if isinstance(hook, dict) and "httpGet" in hook:
            _http_defaults(hook["httpGet"])
    for variable in container.get("env", []):
        if reference := (variable.get("valueFrom") or {}).get("fieldRef"):
            reference.setdefault("apiVersion", "v1")


def pull_policy(image: str) -> str:
    """Always where the tag is "latest" or absent. A name that cannot be read counts as one with another tag."""
    readable = _REFERENCE.fullmatch(image) is not None
    return "Always" if readable and normalise(image).tag == "latest" else "IfNotPresent"


_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?"
_REFERENCE = re.compile(
    rf"(?:{_HOST}/)?{_PATH}(?:/{_PATH})*(?::\w[\w.-]{{0,127}})?(?:@[a-zA-Z0-9.+_-]+:[0-9a-fA-F]{{32,}})?"
)
"""The name of an image. Source: github.com/distribution/reference."""


def _round(holder: Object, name: str) -> None:
    for part in ("limits", "requests"):
        amounts = (holder.get(name) or {}).get(part)
        if isinstance(amounts, dict):
            for key, amount in amounts.items():
                amounts[key] = rounded_to_milli(amount)


def _probe_defaults(probe: Object) -> None:
    for field, value in (
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ):
        probe.setdefault(field, value)
    if "httpGet" in probe:
        _http_defaults(probe["httpGet"])
    if "grpc" in probe:
        probe["grpc"]["service"] = probe["grpc"].get("service") or ""


def _http_defaults(action: Object) -> None:
    action.setdefault("path", "/")
    action.setdefault("scheme", "HTTP")


def _volume_defaults(volume: Object) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}
    for name, fill in _VOLUMES.items():
        if name in volume:
            fill(volume[name])


def _mode(source: Object) -> None:
    source.setdefault("defaultMode", 0o644)


def _downward(source: Object) -> None:
    _mode(source)
    _downward_items(source)


def _downward_items(source: Object) -> None:
    for item in source.get("items", []):
        if "fieldRef" in item:
            item["fieldRef"].setdefault("apiVersion", "v1")


def _projected(source: Object) -> None:
    _mode(source)
    for projection in source.get("sources") or []:
        if "serviceAccountToken" in projection:
            projection["serviceAccountToken"].setdefault("expirationSeconds", 3600)
        if "downwardAPI" in projection:
            _downward_items(projection["downwardAPI"])


def _host_path(source: Object) -> None:
    source.setdefault("type", "")


def _ephemeral(source: Object) -> None:
    if "volumeClaimTemplate" in source:
        source["volumeClaimTemplate"]["spec"].setdefault("volumeMode", "Filesystem")


def _image(source: Object) -> None:
    if "pullPolicy" not in source:
        source["pullPolicy"] = pull_policy(str(source.get("reference", "")))


_VOLUMES: Mapping[str, Callable[[Object], None]] = {
    "configMap": _mode,
    "downwardAPI": _downward,
    "ephemeral": _ephemeral,
    "hostPath": _host_path,
    "image": _image,
    "projected": _projected,
    "secret": _mode,
}
