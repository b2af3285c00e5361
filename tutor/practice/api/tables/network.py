"""Services, Endpoints, EndpointSlices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.practice.api.tables.column import NONE, Cell, age, columns, labels_text

SERVICE = columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", wide=("Selector",))
ENDPOINTS = columns("Name", "Endpoints", "Age")
ENDPOINT_SLICE = columns("Name", "AddressType", "Ports", "Endpoints", "Age")

_MAX = 3


def service(obj: Mapping[str, Any], now: float) -> list[Cell]:
    spec = obj["spec"]
    return [
        obj["metadata"]["name"],
        spec.get("type", "ClusterIP"),
        (spec.get("clusterIPs") or [spec.get("clusterIP") or NONE])[0],
        _external(obj),
        _ports(spec.get("ports") or []),
        age(obj, now),
        labels_text(spec.get("selector")),
    ]


def _external(obj: Mapping[str, Any]) -> str:
    spec = obj["spec"]
    given = list(spec.get("externalIPs") or [])
    kind = spec.get("type", "ClusterIP")
    if kind == "LoadBalancer":
        entries = (obj.get("status", {}).get("loadBalancer") or {}).get("ingress") or []
        given = [entry.get("ip") or entry.get("hostname") or "" for entry in entries] + given
        return ",".join(given) or "<pending>"
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    return ",".join(given) or NONE


def _ports(ports: list[dict[str, Any]]) -> str:
    texts = []
    for port in ports:
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        texts.append(f"{port['port']}{node}/{port.get('protocol', 'TCP')}")
    return ",".join(texts) or NONE


def endpoints(obj: Mapping[str, Any], now: float) -> list[Cell]:
    found: list[str] = []
    count = 0
    for subset in obj.get("subsets") or []:
        for port in subset.get("ports") or []:
            for address in subset.get("addresses") or []:
                count += 1
                if len(found) < _MAX:
                    found.append(f"{address['ip']}:{port['port']}")
    more = f" + {count - _MAX} more..." if count > _MAX else ""
    return [obj["metadata"]["name"], ",".join(found) + more or NONE, age(obj, now)]


def endpoint_slice(obj: Mapping[str, Any], now: float) -> list[Cell]:
    ports = [str(port.get("port", "*")) for port in obj.get("ports") or []]
    addresses = [address for endpoint in obj.get("endpoints") or [] for address in endpoint.get("addresses") or []]
    return [
        obj["metadata"]["name"],
        obj.get("addressType", ""),
        _limited(ports) if ports else "<unset>",
        _limited(addresses) if addresses else "<unset>",
        age(obj, now),
    ]


def _limited(texts: list[str]) -> str:
    return ",".join(texts[:_MAX]) + (f" + {len(texts) - _MAX} more..." if len(texts) > _MAX else "")
