"""What the API server allocates to a Service, when it is new and when it changes."""

from __future__ import annotations

import ipaddress
import json
import random
from collections.abc import Iterable, Mapping
from typing import Any

from tutor.practice.admission import addresses
from tutor.practice.store.errors import Invalid

Object = dict[str, Any]

_WITH_NODE_PORTS = ("NodePort", "LoadBalancer")


def allocate(service: Object, old: Object | None, others: Iterable[Object], choose: random.Random) -> Object:
    """The Service with its cluster IP and node ports. `others` are the Services stored beside it.

    Raises: `Invalid` for an address or port that is taken or out of range.
    """
    others = list(others)
    spec = dict(service["spec"])
    service = {**service, "spec": spec}
    if old is not None:
        _keep_allocated(spec, old["spec"])
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"):
            spec.pop(name, None)
        return service
    if spec.get("clusterIP") == "None" and not spec.get("selector"):
        # Whoever writes its endpoints may write them of both families.
        spec.setdefault("ipFamilies", ["IPv4", "IPv6"])
        spec.setdefault("ipFamilyPolicy", "RequireDualStack")
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    _allocate_address(service, old, others, choose)
    if kind in _WITH_NODE_PORTS and spec.get("allocateLoadBalancerNodePorts", True):
        _allocate_ports(service, old, others, choose)
    return service


def _keep_allocated(spec: Object, old: Mapping[str, Any]) -> None:
    """What a client that sends its whole manifest again leaves out stays as allocated."""
    kind, old_kind = spec.get("type", "ClusterIP"), old.get("type", "ClusterIP")
    if "ExternalName" not in (kind, old_kind):
        for name in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if not spec.get(name) and old.get(name):
                spec[name] = old[name]
    before = {(port.get("protocol", "TCP"), port["port"]): port.get("nodePort") for port in old.get("ports") or []}
    ports = []
    for port in spec.get("ports") or []:
        known = before.get((port.get("protocol", "TCP"), port.get("port")))
        if kind in _WITH_NODE_PORTS and not port.get("nodePort") and known:
            port = {**port, "nodePort": known}
        elif kind not in _WITH_NODE_PORTS and old_kind in _WITH_NODE_PORTS and port.get("nodePort") == known:
            port = {key: value for key, value in port.items() if key != "nodePort"}
        ports.append(port)
    if ports:
        spec["ports"] = ports
    if kind not in _WITH_NODE_PORTS and old_kind in _WITH_NODE_PORTS:
        for name in ("externalTrafficPolicy", "allocateLoadBalancerNodePorts"):
            if spec.get(name) == old.get(name):
                spec.pop(name, None)
    elif kind != "LoadBalancer" and old_kind == "LoadBalancer":
        spec.pop("allocateLoadBalancerNodePorts", None)


def _allocate_address(service: Object, old: Object | None, others: list[Object], choose: random.Random) -> None:
    spec = service["spec"]
    address = spec.get("clusterIP") or (spec.get("clusterIPs") or [""])[0]
    if old is not None and address == old["spec"].get("clusterIP"):
        return
    if not address:
        address = addresses.next_address(addresses.taken_addresses(others), choose)
    elif address != "None":
        problem = ""
        if address in addresses.taken_addresses(others):
            problem = "provided IP is already allocated"
        elif not _in_network(address):
            problem = "the provided network does not match the current range"
        if problem:
            value = json.dumps([address])
            raise _invalid(service, "spec.clusterIPs", f"{value}: failed to allocate IP {address}: {problem}")
    spec["clusterIP"], spec["clusterIPs"] = address, [address]


def _in_network(address: str) -> bool:
    try:
        return ipaddress.IPv4Address(address) in addresses.SERVICE_NETWORK
    except ValueError:
        return False


def check_asked_ports(service: Object, others: Iterable[Object]) -> None:
    """Raises: `Invalid` for the first node port asked for that is out of range or taken."""
    spec = service.get("spec") or {}
    if spec.get("type") not in _WITH_NODE_PORTS:
        return
    taken = addresses.taken_ports(others)
    for index, port in enumerate(spec.get("ports") or []):
        number = port.get("nodePort")
        if isinstance(number, int) and number:
            _take(service, index, number, str(port.get("protocol", "TCP")), taken, set())


def with_shared_ports(service: Object) -> Object:
    """The Service as its values are looked at: ports that are alike share a node port, and so are both refused.

    The numbers that the API server takes in a dry run, which keeps none, begin behind the range.
    """
    spec = service.get("spec") or {}
    ports = spec.get("ports") or []
    alike = [(port.get("protocol", "TCP"), port.get("port")) for port in ports]
    if spec.get("type") not in _WITH_NODE_PORTS or len(set(alike)) == len(alike):
        return service
    chosen: dict[tuple[str, Any], int] = {}
    for key, port in zip(alike, ports, strict=True):
        if port.get("nodePort"):
            chosen.setdefault(key, port["nodePort"])
    for key in alike:
        chosen.setdefault(key, addresses.NODE_PORTS.stop + 1 + len(chosen))
    shared = [{"nodePort": chosen[key], **port} for key, port in zip(alike, ports, strict=True)]
    return {**service, "spec": {**spec, "ports": shared}}


def _take(
    service: Object, index: int, number: int, protocol: str, taken: set[tuple[int, str]], own: set[tuple[int, str]]
) -> None:
    field = f"spec.ports[{index}].nodePort"
    if number not in addresses.NODE_PORTS:
        text = "provided port is not in the valid range. The range of valid ports is 30000-32767"
        raise _invalid(service, field, f"{number}: {text}")
    if (number, protocol) in taken and (number, protocol) not in own:
        raise _invalid(service, field, f"{number}: provided port is already allocated")
    taken.add((number, protocol))


def _allocate_ports(service: Object, old: Object | None, others: list[Object], choose: random.Random) -> None:
    spec = service["spec"]
    taken = addresses.taken_ports(others)
    own = addresses.taken_ports([old]) if old is not None else set()
    ports = []
    for index, port in enumerate(spec.get("ports") or []):
        protocol = str(port.get("protocol", "TCP"))
        node_port = port.get("nodePort")
        if node_port:
            _take(service, index, node_port, protocol, taken, own)
        ports.append(port)
    for index, port in enumerate(ports):
        if not port.get("nodePort"):
            protocol = str(port.get("protocol", "TCP"))
            chosen = addresses.next_node_port(taken, protocol, choose)
            taken.add((chosen, protocol))
            ports[index] = {**port, "nodePort": chosen}
    spec["ports"] = ports


def _invalid(service: Mapping[str, Any], field: str, text: str) -> Invalid:
    name = str(service["metadata"]["name"])
    cause = {"reason": "FieldValueInvalid", "message": f"Invalid value: {text}", "field": field}
    return Invalid("Service", name, f'Service "{name}" is invalid: {field}: Invalid value: {text}', [cause])
