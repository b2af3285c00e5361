"""ClusterIPs and node ports: which are taken, and which one is next."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

SERVICE_NETWORK = ipaddress.IPv4Network("10.96.0.0/12")
API_ADDRESS = "10.96.0.1"
NODE_PORTS = range(30000, 32768)

# A lower band is left for those who choose by hand. Source: kubernetes.io, "Service ClusterIP allocation" and
# "NodePort: avoid collisions": clamp(size / 16, 16, 256) addresses and clamp(size / 32, 16, 128) ports.
_STATIC_ADDRESSES = 256
_STATIC_PORTS = 86


def taken_addresses(services: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(s["spec"]["clusterIP"]) for s in services if s["spec"].get("clusterIP") not in (None, "", "None")}


def taken_ports(services: Iterable[Mapping[str, Any]]) -> set[tuple[int, str]]:
    """(nodePort, protocol)."""
    return {
        (int(port["nodePort"]), str(port.get("protocol", "TCP")))
        for service in services
        for port in service["spec"].get("ports") or []
        if port.get("nodePort")
    }


def next_address(taken: set[str], choose: random.Random) -> str:
    """Raises: `LookupError` when there is none left."""
    size = SERVICE_NETWORK.num_addresses
    chosen = _pick(range(_STATIC_ADDRESSES + 1, size - 1), lambda n: str(SERVICE_NETWORK[n]) not in taken, choose)
    if chosen is None:
        chosen = _pick(range(1, _STATIC_ADDRESSES + 1), lambda n: str(SERVICE_NETWORK[n]) not in taken, choose)
    if chosen is None:
        raise LookupError("range is full")
    return str(SERVICE_NETWORK[chosen])


def next_node_port(taken: set[tuple[int, str]], protocol: str, choose: random.Random) -> int:
    """Raises: `LookupError` when there is none left."""
    first = NODE_PORTS.start + _STATIC_PORTS
    for band in (range(first, NODE_PORTS.stop), range(NODE_PORTS.start, first)):
        chosen = _pick(band, lambda port: (port, protocol) not in taken, choose)
        if chosen is not None:
            return chosen
    raise LookupError("range is full")


def _pick(band: range, free: Callable[[int], bool], choose: random.Random) -> int | None:
    """By chance, as the API server does; in order only where chance fails."""
    for _ in range(50):
        candidate = choose.choice(band)
        if free(candidate):
            return candidate
    return next((candidate for candidate in band if free(candidate)), None) if len(band) < 100_000 else None
