"""A container's environment variables: literal, from ConfigMaps, Secrets, the pod's own fields, and of Services.

Source: kubernetes.io, Define Dependent Environment Variables; kubelet makeEnvironmentVariables. Texts of v1.34.2.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tutor.kube.quantities import parse_quantity
from tutor.practice.proxy.network import Objects

_REFERENCE = re.compile(r"\$(?:\$|\(([^()]*)\))")
_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['([^']+)'\]\Z")
_NODE_CPU = "2"
_NODE_MEMORY = "4Gi"


class ConfigError(Exception):
    """Something that the container's configuration names is missing: CreateContainerConfigError. The text is shown."""


def expand(text: str, values: Mapping[str, str]) -> str:
    """`$(NAME)` → its value; `$$` → `$`; an unknown name stays as it is."""

    def replacement(found: re.Match[str]) -> str:
        if found[1] is None:
            return "$"
        return values.get(found[1], found[0])

    return _REFERENCE.sub(replacement, text)


def resolve(
    pod: Mapping[str, Any], container: Mapping[str, Any], objects: Objects, *, address: str, host_address: str
) -> dict[str, str]:
    """In the order of the kubelet: Services, envFrom, env; later ones win. Raises: `ConfigError`."""
    namespace = str(pod["metadata"]["namespace"])
    links = pod["spec"].get("enableServiceLinks", True)
    result = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    result["HOSTNAME"] = str(pod["spec"].get("hostname") or pod["metadata"]["name"])
    result |= service_variables(objects.list("Service", namespace) if links else [])
    if links is False or namespace != "default":
        result |= service_variables(s for s in objects.list("Service", "default") if _name(s) == "kubernetes")
    for source in container.get("envFrom", []):
        result |= _all_of(source, namespace, objects)
    for entry in container.get("env", []):
        name = str(entry["name"])
        if "valueFrom" not in entry:
            result[name] = expand(str(entry.get("value", "")), result)
            continue
        value = _value_from(entry["valueFrom"], pod, container, objects, address, host_address)
        if value is not None:
            result[name] = value
    return result


def _all_of(source: Mapping[str, Any], namespace: str, objects: Objects) -> dict[str, str]:
    kind, reference = (
        ("ConfigMap", source["configMapRef"]) if "configMapRef" in source else ("Secret", source.get("secretRef", {}))
    )
    found = objects.get(kind, namespace, str(reference.get("name", "")))
    if found is None:
        if reference.get("optional"):
            return {}
        raise ConfigError(f'{kind.lower()} "{reference.get("name", "")}" not found')
    return {str(source.get("prefix", "")) + key: value for key, value in data_of(found).items()}


def _value_from(
    source: Mapping[str, Any],
    pod: Mapping[str, Any],
    container: Mapping[str, Any],
    objects: Objects,
    address: str,
    host_address: str,
) -> str | None:
    """None where the reference is optional and missing."""
    namespace = str(pod["metadata"]["namespace"])
    for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
        if key not in source:
            continue
        reference = source[key]
        found = objects.get(kind, namespace, str(reference["name"]))
        if found is None:
            if reference.get("optional"):
                return None
            raise ConfigError(f'{kind.lower()} "{reference["name"]}" not found')
        data = data_of(found)
        if reference["key"] in data:
            return data[reference["key"]]
        if reference.get("optional"):
            return None
        raise ConfigError(f"couldn't find key {reference['key']} in {kind} {namespace}/{reference['name']}")
    if "fieldRef" in source:
        return field_value(pod, str(source["fieldRef"]["fieldPath"]), address, host_address)
    if "resourceFieldRef" in source:
        return _resource(pod, container, source["resourceFieldRef"])
    raise ConfigError("invalid valueFrom")


def field_value(pod: Mapping[str, Any], path: str, address: str, host_address: str) -> str:
    """A field of the pod by the paths that the downward API allows."""
    metadata, spec = pod["metadata"], pod["spec"]
    subscript = _SUBSCRIPT.match(path)
    if subscript:
        return str((metadata.get(subscript[1]) or {}).get(subscript[2], ""))
    values = {
        "metadata.name": metadata["name"],
        "metadata.namespace": metadata["namespace"],
        "metadata.uid": metadata["uid"],
        "metadata.labels": _lines(metadata.get("labels")),
        "metadata.annotations": _lines(metadata.get("annotations")),
        "spec.nodeName": spec.get("nodeName", ""),
        "spec.serviceAccountName": spec.get("serviceAccountName", ""),
        "status.hostIP": host_address,
        "status.hostIPs": host_address,
        "status.podIP": address,
        "status.podIPs": address,
    }
    if path not in values:
        raise ConfigError(f"unsupported fieldPath: {path}")
    return str(values[path])


def _lines(values: Mapping[str, str] | None) -> str:
    return "\n".join(f'{key}="{value}"' for key, value in sorted((values or {}).items()))


def _resource(pod: Mapping[str, Any], container: Mapping[str, Any], reference: Mapping[str, Any]) -> str:
    """`limits.cpu` in whole units of the divisor, rounded up; without a limit the node's allocatable amount."""
    named = reference.get("containerName")
    owner = next((c for c in pod["spec"]["containers"] if c["name"] == named), container)
    which, _, resource = str(reference["resource"]).partition(".")
    fallback = _NODE_CPU if resource == "cpu" else _NODE_MEMORY if resource == "memory" else "0"
    given = (owner.get("resources", {}).get(which) or {}).get(resource)
    amount = parse_quantity(given if given is not None else fallback if which == "limits" else "0")
    divisor = parse_quantity(reference.get("divisor") or "1") or parse_quantity("1")
    return str(math.ceil(amount / divisor))


def data_of(obj: Mapping[str, Any]) -> dict[str, str]:
    """A ConfigMap's or Secret's data as text."""
    data = obj.get("data") or {}
    if obj.get("kind") == "Secret":
        return {str(key): base64.b64decode(value).decode("utf-8", "replace") for key, value in data.items()}
    binary = {
        str(key): base64.b64decode(value).decode("utf-8", "replace")
        for key, value in (obj.get("binaryData") or {}).items()
    }
    return {str(key): str(value) for key, value in data.items()} | binary


def service_variables(services: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """USER_SERVICE_HOST, USER_SERVICE_PORT, USER_PORT…: of each Service that exists when the container starts."""
    result: dict[str, str] = {}
    for service in services:
        address = str(service["spec"].get("clusterIP", ""))
        ports = service["spec"].get("ports") or []
        if address in ("", "None") or not ports:
            continue
        name = _name(service).upper().replace("-", "_")
        result[f"{name}_SERVICE_HOST"] = address
        result[f"{name}_SERVICE_PORT"] = str(ports[0]["port"])
        for entry in ports:
            if entry.get("name"):
                result[f"{name}_SERVICE_PORT_{entry['name'].upper().replace('-', '_')}"] = str(entry["port"])
        result[f"{name}_PORT"] = f"{ports[0].get('protocol', 'TCP').lower()}://{address}:{ports[0]['port']}"
        for entry in ports:
            protocol = entry.get("protocol", "TCP")
            prefix = f"{name}_PORT_{entry['port']}_{protocol}"
            result[prefix] = f"{protocol.lower()}://{address}:{entry['port']}"
            result[f"{prefix}_PROTO"] = protocol.lower()
            result[f"{prefix}_PORT"] = str(entry["port"])
            result[f"{prefix}_ADDR"] = address
    return result


def _name(obj: Mapping[str, Any]) -> str:
    return str(obj["metadata"]["name"])
