"""Kinds with a default or two."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]


def namespace_defaults(namespace: Object) -> None:
    metadata = namespace["metadata"]
    if name := metadata.get("name"):
        metadata.setdefault("labels", {})["kubernetes.io/metadata.name"] = name
    namespace["status"].setdefault("phase", "Active")


def node_defaults(node: Object) -> None:
    status = node["status"]
    if "capacity" in status:
        status.setdefault("allocatable", dict(status["capacity"]))


def endpoints_defaults(endpoints: Object) -> None:
    for subset in endpoints.get("subsets", []):
        for port in subset.get("ports", []):
            port.setdefault("protocol", "TCP")


def slice_defaults(endpoint_slice: Object) -> None:
    for port in endpoint_slice.get("ports") or []:
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")
