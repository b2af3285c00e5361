"""How names are resolved inside a pod: dnsConfig, hostAliases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tutor.kube.schema.path import Path
from tutor.kube.schema.validation import texts
from tutor.kube.schema.validation.field_error import Errors, each_invalid, invalid, required

Object = Mapping[str, Any]

_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SEARCH = rf"{_LABEL}(\.{_LABEL})*"
_SEARCH_DETAIL = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must "
    f"start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SEARCH}')"
)


def dns_config(spec: Object, at: Path) -> Errors:
    config = spec.get("dnsConfig")
    if spec.get("dnsPolicy") == "None":
        if config is None:
            yield required(at, "must provide `dnsConfig` when `dnsPolicy` is None")
            return
        if not config.get("nameservers"):
            yield required((*at, "nameservers"), "must provide at least one DNS nameserver when `dnsPolicy` is None")
            return
    config = config or {}
    servers = config.get("nameservers") or []
    if len(servers) > 3:
        yield invalid((*at, "nameservers"), list(servers), "must not have more than 3 nameservers")
    for index, server in enumerate(servers):
        yield from each_invalid((*at, "nameservers", index), server, texts.ip_address(server))
    searches = config.get("searches") or []
    if len(searches) > 32:
        yield invalid((*at, "searches"), list(searches), "must not have more than 32 search paths")
    for index, search in enumerate(searches):
        text = search.removesuffix(".")
        if search != "." and not re.fullmatch(_SEARCH, text):
            yield invalid((*at, "searches", index), text, _SEARCH_DETAIL)
    for index, option in enumerate(config.get("options") or []):
        if not option.get("name"):
            yield required((*at, "options", index), "must not be empty")


def host_aliases(found: list[Object] | None, at: Path) -> Errors:
    for index, alias in enumerate(found or []):
        address = alias.get("ip", "")
        yield from each_invalid((*at, index, "ip"), address, texts.ip_address(address))
        for number, name in enumerate(alias.get("hostnames") or []):
            yield from each_invalid((*at, index, "hostnames", number), name, texts.dns_subdomain(name))
