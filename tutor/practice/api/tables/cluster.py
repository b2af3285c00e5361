"""Namespaces, Nodes, Events, and the objects that hold data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutor.kube.conditions import condition
from tutor.practice.api.tables.column import NONE, Cell, age, columns, since

NAMESPACE = columns("Name", "Status", "Age")
NODE = columns(
    "Name",
    "Status",
    "Roles",
    "Age",
    "Version",
    wide=("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
)
SECRET = columns("Name", "Type", "Data", "Age")
CONFIG_MAP = columns("Name", "Data", "Age")
SERVICE_ACCOUNT = columns("Name", "Secrets", "Age")
EVENT = (
    *columns("Last Seen", "Type", "Reason", "Object", wide=("Subobject", "Source")),
    *columns("Message", wide=("First Seen", "Count", "Name")),
)
_ROLE = "node-role.kubernetes.io/"


def namespace(obj: Mapping[str, Any], now: float) -> list[Cell]:
    return [obj["metadata"]["name"], obj.get("status", {}).get("phase", ""), age(obj, now)]


def node(obj: Mapping[str, Any], now: float) -> list[Cell]:
    status = obj.get("status", {})
    info = status.get("nodeInfo", {})
    ready = condition(obj, "Ready")
    text = "Unknown" if ready is None else "Ready" if ready["status"] == "True" else "NotReady"
    if obj.get("spec", {}).get("unschedulable"):
        text += ",SchedulingDisabled"
    labels = obj["metadata"].get("labels") or {}
    roles = sorted(key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE))
    return [
        obj["metadata"]["name"],
        text,
        ",".join(roles) or NONE,
        age(obj, now),
        info.get("kubeletVersion", ""),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        info.get("osImage") or "<unknown>",
        info.get("kernelVersion") or "<unknown>",
        info.get("containerRuntimeVersion") or "<unknown>",
    ]


def _address(status: Mapping[str, Any], kind: str) -> str:
    found = status.get("addresses") or []
    return next((str(one["address"]) for one in found if one["type"] == kind), NONE)


def secret(obj: Mapping[str, Any], now: float) -> list[Cell]:
    return [obj["metadata"]["name"], obj.get("type", ""), len(obj.get("data") or {}), age(obj, now)]


def config_map(obj: Mapping[str, Any], now: float) -> list[Cell]:
    return [
        obj["metadata"]["name"],
        len(obj.get("data") or {}) + len(obj.get("binaryData") or {}),
        age(obj, now),
    ]


def service_account(obj: Mapping[str, Any], now: float) -> list[Cell]:
    return [obj["metadata"]["name"], len(obj.get("secrets") or []), age(obj, now)]


def event(obj: Mapping[str, Any], now: float) -> list[Cell]:
    """Events of the newer API have a series and eventTime instead of count and timestamps."""
    series = obj.get("series") or {}
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    last = series.get("lastObservedTime") or obj.get("lastTimestamp") or first
    count = series.get("count") or obj.get("count") or 1
    involved = obj.get("involvedObject") or {}
    source = obj.get("source") or {}
    component = source.get("component") or obj.get("reportingComponent") or ""
    host = source.get("host")
    return [
        since(last, now),
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{str(involved.get('kind', '')).lower()}/{involved.get('name', '')}",
        involved.get("fieldPath", ""),
        f"{component}, {host}" if host else component,
        str(obj.get("message", "")).strip(),
        since(first, now),
        count,
        obj["metadata"]["name"],
    ]
