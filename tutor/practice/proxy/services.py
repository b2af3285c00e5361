"""From a Service to its ready endpoints: pure functions over Service and EndpointSlice objects.

Source: kubernetes.io, Virtual IPs and Service Proxies; DNS for Services and Pods.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

SERVICE_NAME_LABEL = "kubernetes.io/service-name"
CLUSTER_DOMAIN = "cluster.local"


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def service_of_name(host: str, namespace: str) -> tuple[str, str] | None:
    """(namespace, Service) that a name means in a pod of `namespace`; None where it can mean none."""
    parts = host.rstrip(".").lower().split(".")
    match parts:
        case [name]:
            return namespace, name
        case [name, other]:
            return other, name
        case [name, other, "svc"]:
            return other, name
        case [name, other, "svc", "cluster", "local"]:
            return other, name
    return None


def service_port(service: dict[str, Any], port: int | str) -> dict[str, Any] | None:
    """The entry of spec.ports with that number or name."""
    for entry in service["spec"].get("ports", []):
        if str(entry["port"]) == str(port) or (entry.get("name") and entry["name"] == port):
            return dict(entry)
    return None


def ready_endpoints(
    service: dict[str, Any], entry: dict[str, Any], slices: Iterable[dict[str, Any]]
) -> list[tuple[str, int]]:
    """(address, port) of each endpoint that gets traffic: ready ones; if none, those that serve while they end."""
    ready: list[tuple[str, int]] = []
    ending: list[tuple[str, int]] = []
    for slice_ in _slices_of(service, slices):
        port = next(
            (p.get("port") for p in slice_.get("ports") or [] if p.get("name", "") == entry.get("name", "")), None
        )
        if port is None:
            continue
        for endpoint in slice_.get("endpoints") or []:
            conditions = endpoint.get("conditions", {})
            targets = [(address, int(port)) for address in endpoint.get("addresses", [])[:1]]
            if conditions.get("ready", True):
                ready += targets
            elif conditions.get("serving") and conditions.get("terminating"):
                ending += targets
    return ready or ending


def ready_addresses(service: dict[str, Any], slices: Iterable[dict[str, Any]]) -> list[str]:
    return [
        endpoint["addresses"][0]
        for slice_ in _slices_of(service, slices)
        for endpoint in slice_.get("endpoints") or []
        if endpoint.get("conditions", {}).get("ready", True) and endpoint.get("addresses")
    ]


def _slices_of(service: dict[str, Any], slices: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    name = service["metadata"]["name"]
    return (s for s in slices if s["metadata"].get("labels", {}).get(SERVICE_NAME_LABEL) == name)
