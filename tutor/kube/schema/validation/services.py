"""Services: ports, type, addresses, policies. What is taken already is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.containers import PROTOCOLS
from tutor.kube.schema.validation.field_error import (
    Errors,
    duplicate,
    each_invalid,
    forbidden,
    invalid,
    not_supported,
    required,
)
from tutor.kube.schema.validation.metadata import changed_metadata, labels, new_metadata
from tutor.kube.schema.validation.probes import port_number_or_name
from tutor.kube.schema.validation.service_addresses import (
    address_fields,
    changed_addresses,
    cluster_ips,
    external_ips,
    with_own_ip,
)

Object = Mapping[str, Any]

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
MOST_AFFINITY_SECONDS = 86400
_SPEC: Path = ("spec",)
_DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")


def new_service(obj: Object) -> Errors:
    yield from new_metadata(obj, texts.dns_1035_label)
    yield from _service(obj)


def changed_service(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    before = old.get("spec") or {}
    spec = with_own_ip(obj.get("spec") or {}, before)
    obj = {**obj, "spec": spec}
    yield from changed_addresses(obj, old)
    if spec.get("type") == before.get("type") == "LoadBalancer":
        new, known = spec.get("loadBalancerClass"), before.get("loadBalancerClass")
        if new != known:
            yield invalid((*_SPEC, "loadBalancerClass"), new, "may not change once set")
    yield from _service(obj)


def _service(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    kind, ports = spec.get("type", ""), spec.get("ports") or []
    headless = cluster_ips(spec) == ["None"]
    if not ports and not headless and kind != "ExternalName":
        yield required((*_SPEC, "ports"))
    if headless and kind in ("LoadBalancer", "NodePort"):
        yield invalid((*_SPEC, "clusterIPs", 0), "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        yield from _external_name(spec)
    yield from _ports(ports)
    yield from labels(spec.get("selector"), (*_SPEC, "selector"))
    yield from _affinity(spec)
    yield from address_fields(spec)
    yield from external_ips(spec.get("externalIPs") or [], (*_SPEC, "externalIPs"))
    if kind not in TYPES:
        yield not_supported((*_SPEC, "type"), kind, TYPES)
    yield from _unique_ports(kind, ports)
    yield from _policies(spec, kind)


def _external_name(spec: Object) -> Errors:
    for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
        given = cluster_ips(spec) if field == "clusterIPs" else spec.get(field)
        if given:
            yield forbidden((*_SPEC, field), "may not be set for ExternalName services")
    name = str(spec.get("externalName", "")).removesuffix(".")
    if name:
        yield from each_invalid((*_SPEC, "externalName"), name, texts.dns_subdomain(name))
    else:
        yield required((*_SPEC, "externalName"))


def _ports(ports: list[Object]) -> Errors:
    names: set[str] = set()
    for index, port in enumerate(ports):
        at = (*_SPEC, "ports", index)
        name, number, protocol = port.get("name", ""), port.get("port", 0), port.get("protocol", "")
        if not name and len(ports) > 1:
            yield required((*at, "name"))
        elif name:
            yield from each_invalid((*at, "name"), name, texts.dns_label(name))
            if name in names:
                yield duplicate((*at, "name"), name)
            names.add(name)
        yield from each_invalid((*at, "port"), number, texts.port_number(number))
        if protocol not in PROTOCOLS:
            yield not_supported((*at, "protocol"), protocol, PROTOCOLS)
        yield from port_number_or_name(port.get("targetPort"), (*at, "targetPort"))
        if (application := port.get("appProtocol")) is not None:
            yield from each_invalid((*at, "appProtocol"), application, texts.qualified_name(application))


def _unique_ports(kind: str, ports: list[Object]) -> Errors:
    if kind == "ClusterIP":
        for index, port in enumerate(ports):
            if port.get("nodePort"):
                yield forbidden((*_SPEC, "ports", index, "nodePort"), "may not be used when `type` is 'ClusterIP'")
    node_ports: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        if number := port.get("nodePort"):
            key = (port.get("protocol", ""), number)
            if key in node_ports:
                yield duplicate((*_SPEC, "ports", index, "nodePort"), number)
            node_ports.add(key)
    numbers: set[tuple[str, int]] = set()
    for index, port in enumerate(ports):
        key = (port.get("protocol", ""), port.get("port", 0))
        if key in numbers:
            # The API server shows its own type of it, whose fields have Go's names.
            shown = {
                "Name": "",
                "Protocol": key[0],
                "AppProtocol": None,
                "Port": key[1],
                "TargetPort": 0,
                "NodePort": 0,
            }
            yield duplicate((*_SPEC, "ports", index), shown)
        numbers.add(key)


def _affinity(spec: Object) -> Errors:
    affinity = spec.get("sessionAffinity", "")
    if affinity not in ("ClientIP", "None"):
        yield not_supported((*_SPEC, "sessionAffinity"), affinity, ("ClientIP", "None"))
    if affinity == "ClientIP":
        config = spec.get("sessionAffinityConfig") or {}
        seconds = (config.get("clientIP") or {}).get("timeoutSeconds", 0)
        if not 0 < seconds <= MOST_AFFINITY_SECONDS:
            at = (*_SPEC, "sessionAffinityConfig", "clientIP", "timeoutSeconds")
            yield invalid(at, seconds, f"must be greater than 0 and less than {MOST_AFFINITY_SECONDS}")


def _policies(spec: Object, kind: str) -> Errors:
    balanced = kind == "LoadBalancer"
    if spec.get("loadBalancerSourceRanges") and not balanced:
        yield forbidden((*_SPEC, "LoadBalancerSourceRanges"), "may only be used when `type` is 'LoadBalancer'")
    if spec.get("allocateLoadBalancerNodePorts") is not None and not balanced:
        yield forbidden((*_SPEC, "allocateLoadBalancerNodePorts"), "may only be used when `type` is 'LoadBalancer'")
    if (name := spec.get("loadBalancerClass")) is not None:
        if balanced:
            yield from each_invalid((*_SPEC, "loadBalancerClass"), name, texts.qualified_name(name))
        else:
            yield forbidden((*_SPEC, "loadBalancerClass"), "may only be used when `type` is 'LoadBalancer'")
    external, at = spec.get("externalTrafficPolicy", ""), (*_SPEC, "externalTrafficPolicy")
    reachable = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if not reachable:
        if external:
            yield invalid(at, external, "may only be set for externally-accessible services")
    elif external not in ("Cluster", "Local"):
        yield not_supported(at, external, ("Cluster", "Local"))
    if (port := spec.get("healthCheckNodePort")) and not (balanced and external == "Local"):
        detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield invalid((*_SPEC, "healthCheckNodePort"), port, detail)
    internal = spec.get("internalTrafficPolicy")
    if internal is not None and internal not in ("Cluster", "Local"):
        yield not_supported((*_SPEC, "internalTrafficPolicy"), internal, ("Cluster", "Local"))
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in _DISTRIBUTIONS:
        yield not_supported((*_SPEC, "trafficDistribution"), distribution, _DISTRIBUTIONS)
