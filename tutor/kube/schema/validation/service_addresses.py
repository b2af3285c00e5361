"""A Service's addresses: clusterIP, clusterIPs, families, externalIPs."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import (
    Errors,
    duplicate,
    each_invalid,
    invalid,
    not_supported,
)

Object = Mapping[str, Any]

FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
_SPEC: Path = ("spec",)
_AT: Path = (*_SPEC, "clusterIPs")


def cluster_ips(spec: Object) -> list[str]:
    """clusterIPs; the API server fills them in from clusterIP where only that is given."""
    given = spec.get("clusterIPs")
    if given is not None:
        return list(given)
    return [spec["clusterIP"]] if spec.get("clusterIP") else []


def with_own_ip(spec: Object, before: Object) -> Object:
    """As the API server reads a change of clusterIP alone: clusterIPs follows it."""
    changed = spec.get("clusterIP") and spec.get("clusterIP") != before.get("clusterIP")
    if changed and spec.get("clusterIPs") == before.get("clusterIPs"):
        return {**spec, "clusterIPs": [spec["clusterIP"]]}
    return spec


def address_fields(spec: Object) -> Errors:
    if spec.get("type") == "ExternalName":
        return
    found, first = cluster_ips(spec), spec.get("clusterIP", "")
    if first and (not found or found[0] != first):
        yield invalid(_AT, found, "first value must match `clusterIP`")
    if not first and found:
        yield invalid(_AT, found, "must be empty when `clusterIP` is not specified")
    families = spec.get("ipFamilies") or []
    for index, family in enumerate(families):
        if family not in ("IPv4", "IPv6"):
            yield not_supported((*_SPEC, "ipFamilies", index), family, ("IPv4", "IPv6"))
        if family in families[:index]:
            yield duplicate((*_SPEC, "ipFamilies", index), family)
    policy = spec.get("ipFamilyPolicy")
    if policy is not None and policy not in FAMILY_POLICIES:
        yield not_supported((*_SPEC, "ipFamilyPolicy"), policy, FAMILY_POLICIES)
    yield from _values(found)


def _values(found: list[str]) -> Errors:
    for index, address in enumerate(found):
        if index == 0 and address == "None":
            if len(found) > 1:
                yield invalid(_AT, found, "'None' must be the first and only value")
            continue
        yield from each_invalid((*_AT, index), address, texts.ip_address(address))
    if len(found) > 2:
        yield invalid(_AT, found, "may only hold up to 2 values")


def changed_addresses(obj: Object, old: Object) -> Errors:
    spec, before = obj.get("spec") or {}, old.get("spec") or {}
    if "ExternalName" in (spec.get("type"), before.get("type")):
        return
    new, known = cluster_ips(spec), cluster_ips(before)
    if new == known == ["None"]:
        return
    if len(new) == len(known):
        for index, (one, other) in enumerate(zip(known, new, strict=True)):
            if one != other:
                yield invalid((*_AT, index), new, "may not change once set")
    elif not new:
        yield invalid((*_AT, 0), new, "primary clusterIP can not be unset")
    elif known and new[0] != known[0]:
        yield invalid((*_AT, 0), new, "may not change once set")
    families, families_before = spec.get("ipFamilies") or [], before.get("ipFamilies") or []
    if (new == ["None"]) == (known == ["None"]) and len(families) == len(families_before):
        for one, other in zip(families_before, families, strict=True):
            if one != other:
                yield invalid((*_SPEC, "ipFamilies", 0), list(families), "may not change once set")


def external_ips(found: list[str], at: Path) -> Errors:
    for index, address in enumerate(found):
        details = texts.ip_address(address)
        yield from each_invalid((*at, index), address, details)
        if not details:
            yield from special_address(address, (*at, index))


def special_address(address: str, at: Path) -> Errors:
    """Addresses that lead nowhere from another machine."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return
    if ip.is_unspecified:
        yield invalid(at, address, f"may not be unspecified ({address})")
    if ip.is_loopback:
        yield invalid(at, address, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
    if ip.is_link_local:
        yield invalid(at, address, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
    elif ip.is_multicast and (str(ip).startswith("224.0.0.") or str(ip).startswith("ff02:")):
        yield invalid(at, address, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
