"""What admission adds to a pod: service account with its token volume, tolerations, priority, the first status."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tutor.kube.quantities import parse_quantity
from tutor.practice.store.names import generated_name

Object = dict[str, Any]

_TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
_NOT_READY_SECONDS = 300
_RESOURCES = ("cpu", "memory")


def admit_pod(pod: Object) -> Object:
    """The new pod as stored: with what ServiceAccount, DefaultTolerationSeconds and Priority admission add."""
    spec = dict(pod.get("spec") or {})
    account = spec.get("serviceAccountName") or "default"
    spec["serviceAccountName"] = spec["serviceAccount"] = account
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    spec.setdefault("enableServiceLinks", True)
    spec["tolerations"] = _tolerations(spec.get("tolerations") or [])
    if spec.get("automountServiceAccountToken") is not False:
        _mount_token(spec)
    status = {"phase": "Pending", "qosClass": qos_class(spec)}
    return {**pod, "spec": spec, "status": status}


def changed_pod(pod: Object) -> Object:
    """A pod that replaces another: what a client's whole manifest leaves out of it is added again."""
    spec = pod.get("spec") or {}
    return {**pod, "spec": {**spec, "tolerations": _tolerations(spec.get("tolerations") or [])}}


def _tolerations(given: list[Object]) -> list[Object]:
    tolerations = list(given)
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if not any(t.get("key") in (key, None) and t.get("effect") in ("NoExecute", None) for t in given):
            tolerations.append(
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _NOT_READY_SECONDS}
            )
    return tolerations


def _mount_token(spec: Object) -> None:
    volumes = list(spec.get("volumes") or [])
    name = next((v["name"] for v in volumes if str(v.get("name", "")).startswith("kube-api-access-")), "")
    if not name:
        name = generated_name("kube-api-access-")
        volumes.append({"name": name, "projected": _token_sources()})
    spec["volumes"] = volumes
    for kind in ("initContainers", "containers"):
        if kind not in spec:
            continue
        containers = []
        for container in spec[kind]:
            mounts = list(container.get("volumeMounts") or [])
            if not any(mount.get("mountPath") == _TOKEN_PATH for mount in mounts):
                mounts.append({"name": name, "readOnly": True, "mountPath": _TOKEN_PATH})
            containers.append({**container, "volumeMounts": mounts})
        spec[kind] = containers


def _token_sources() -> Object:
    field_ref = {"apiVersion": "v1", "fieldPath": "metadata.namespace"}
    return {
        "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": field_ref}]}},
        ],
        "defaultMode": 420,
    }


def _amounts(given: Mapping[str, Any] | None) -> dict[str, Decimal]:
    """Without those of nothing: they count as not given."""
    amounts = {name: parse_quantity(value) for name, value in (given or {}).items()}
    return {name: amount for name, amount in amounts.items() if amount}


def qos_class(spec: Mapping[str, Any]) -> str:
    """Source: kubernetes.io, Pod Quality of Service Classes."""
    containers = [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]
    guaranteed, any_given = True, False
    for container in containers:
        resources = container.get("resources") or {}
        requests, limits = _amounts(resources.get("requests")), _amounts(resources.get("limits"))
        for name in _RESOURCES:
            any_given |= name in requests or name in limits
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                guaranteed = False
    if not any_given:
        return "BestEffort"
    return "Guaranteed" if guaranteed and containers else "Burstable"
