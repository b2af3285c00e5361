"""Endpoints and EndpointSlices."""

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
    invalid,
    not_supported,
    required,
    too_many,
)
from tutor.kube.schema.validation.metadata import changed_metadata, immutable, new_metadata
from tutor.kube.schema.validation.service_addresses import special_address

Object = Mapping[str, Any]

ADDRESS_TYPES = ("FQDN", "IPv4", "IPv6")


def endpoints(obj: Object, old: Object | None = None) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    if old is not None and old.get("subsets") == obj.get("subsets"):
        # Older versions let more pass: what is there already is not looked at again.
        return
    for index, subset in enumerate(obj.get("subsets") or []):
        at = ("subsets", index)
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield required(at, "must specify `addresses` or `notReadyAddresses`")
        for name in ("addresses", "notReadyAddresses"):
            for number, address in enumerate(subset.get(name) or []):
                yield from _address(address, (*at, name, number))
        ports = subset.get("ports") or []
        for number, port in enumerate(ports):
            yield from _port(port, len(ports) > 1, (*at, "ports", number))


def changed_endpoints(obj: Object, old: Object) -> Errors:
    yield from changed_metadata(obj, old)
    yield from endpoints(obj, old)


def _address(address: Object, at: Path) -> Errors:
    ip = address.get("ip", "")
    details = texts.ip_address(ip)
    yield from each_invalid((*at, "ip"), ip, details)
    if host := address.get("hostname"):
        yield from each_invalid((*at, "hostname"), host, texts.dns_label(host))
    if (node := address.get("nodeName")) is not None:
        yield from each_invalid((*at, "nodeName"), node, texts.dns_subdomain(node))
    if details:
        yield invalid((*at, "ip"), ip, "must be a valid IP address")
    else:
        yield from special_address(ip, (*at, "ip"))


def _port(port: Object, name_needed: bool, at: Path) -> Errors:
    name, number, protocol = port.get("name", ""), port.get("port", 0), port.get("protocol", "")
    if name_needed and not name:
        yield required((*at, "name"))
    elif name:
        yield from each_invalid((*at, "name"), name, texts.dns_label(name))
    yield from each_invalid((*at, "port"), number, texts.port_number(number))
    if protocol not in PROTOCOLS:
        yield not_supported((*at, "protocol"), protocol, PROTOCOLS)


def endpoint_slice(obj: Object, old: Object | None = None) -> Errors:
    yield from new_metadata(obj, texts.dns_subdomain)
    kind = obj.get("addressType", "")
    if not kind:
        yield required(("addressType",))
    elif kind not in ADDRESS_TYPES:
        yield not_supported(("addressType",), kind, ADDRESS_TYPES)
    names: set[str] = set()
    for index, port in enumerate(obj.get("ports") or []):
        at = ("ports", index)
        name, protocol = port.get("name") or "", port.get("protocol", "")
        if name:
            yield from each_invalid((*at, "name"), name, texts.dns_label(name))
        if name in names:
            yield duplicate((*at, "name"), name)
        names.add(name)
        if protocol not in PROTOCOLS:
            yield not_supported((*at, "protocol"), protocol, PROTOCOLS)
    found = obj.get("endpoints") or []
    if old is not None and old.get("endpoints") == obj.get("endpoints"):
        return
    if len(found) > 1000:
        yield too_many(("endpoints",), len(found), 1000)
        return
    for index, endpoint in enumerate(found):
        yield from _endpoint(endpoint, kind, ("endpoints", index))


def changed_endpoint_slice(obj: Object, old: Object) -> Errors:
    yield from endpoint_slice(obj, old)
    yield from immutable(obj.get("addressType", ""), old.get("addressType", ""), ("addressType",))


def _endpoint(endpoint: Object, kind: str, at: Path) -> Errors:
    addresses = endpoint.get("addresses") or []
    if not addresses:
        yield required((*at, "addresses"), "must contain at least 1 address")
    elif len(addresses) > 100:
        yield too_many((*at, "addresses"), len(addresses), 100)
    for index, address in enumerate(addresses):
        here = (*at, "addresses", index)
        if kind not in ("IPv4", "IPv6"):
            continue
        details = texts.ip_address(address)
        yield from each_invalid(here, address, details)
        if not details:
            if (":" in address) != (kind == "IPv6"):
                yield invalid((*at, "addresses"), address, f"must be an {kind} address")
            yield from special_address(address, here)
    if (node := endpoint.get("nodeName")) is not None:
        yield from each_invalid((*at, "nodeName"), node, texts.dns_subdomain(node))
    if (host := endpoint.get("hostname")) is not None:
        yield from each_invalid((*at, "hostname"), host, texts.dns_label(host))
